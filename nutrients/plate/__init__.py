"""The plate: portions added up and compared with daily needs."""
