"""Search: words and ranks are ours and pure; the database only looks words up in its index."""
