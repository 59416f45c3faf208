"""The whole content as tables to download."""
