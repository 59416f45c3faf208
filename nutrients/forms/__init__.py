"""Shape and validation of what readers send. No queries: known values are passed in."""
