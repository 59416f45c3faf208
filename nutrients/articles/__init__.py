"""The article view, and the list of articles."""
