"""The whole content as tables to download: what each holds, and the files of them."""
