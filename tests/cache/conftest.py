"""The tests of the cache that need a database server: `make test` runs them on PostgreSQL."""

from tests.browser import databases

# A file cannot be away in the way a server can, and counts its commits by itself.
collect_ignore = ["test_server.py"] if databases.IS_SQLITE else []
