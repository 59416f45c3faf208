"""Template tags and filters: formatting only."""
