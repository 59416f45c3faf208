"""Which tests of the cache need a server that can be stopped: `make test-engines` runs those."""

from tests.browser import databases

# A file cannot be away in the way a server can.
collect_ignore = ["test_server_away.py"] if databases.IS_SQLITE else []
