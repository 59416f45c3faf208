"""The plate: portions added up and held against daily needs."""
