"""Home, the pages about the site, and what machines read."""
