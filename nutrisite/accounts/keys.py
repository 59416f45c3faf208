"""Primary keys as addresses and forms of the admin send them."""

import re

# Nineteen digits may be too large for the column, which SQLite refuses by an exception.
KEY = re.compile("[0-9]{1,18}")


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row; asked for anything else, the database fails."""
    return KEY.fullmatch(text) is not None
