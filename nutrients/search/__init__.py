"""Search: words and ranks are computed here; the database only looks words up in its index."""
