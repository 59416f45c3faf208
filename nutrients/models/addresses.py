"""The addresses of public pages."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse

# More than all pages of the shipped content, and less than a megabyte.
MOST = 4096


def address(page: str, *slugs: str) -> str:
    """The path of a public page, such as `address("nutrient", "zinc")`.

    A page holds hundreds of links, and Django takes longer to look one up than to write it down.
    """
    return _looked_up(get_script_prefix(), page, slugs)


@lru_cache(MOST)
def _looked_up(prefix: str, page: str, slugs: tuple[str, ...]) -> str:
    # The prefix belongs to the server that the site runs under, and `reverse` reads it by itself.
    return reverse(f"nutrients:{page}", args=slugs)
