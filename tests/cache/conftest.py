"""Which tests of the cache need a database server: `make test` runs those on PostgreSQL."""

from tests.browser import databases

# A file cannot be away in the way a server can, and counts its commits by itself.
collect_ignore = ["test_server_away.py", "test_server_changes.py"] if databases.IS_SQLITE else []
