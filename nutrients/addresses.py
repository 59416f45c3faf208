"""The addresses of public pages."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse

# More than the shipped content has pages; beyond it the oldest are looked up again.
MOST_REMEMBERED = 4096


def address(page: str, *slugs: str) -> str:
    """The path of a public page, such as `address("nutrient", "zinc")`.

    A page holds hundreds of links, and looking them up was a quarter of the table's cost.
    """
    return _looked_up(get_script_prefix(), page, slugs)


@lru_cache(MOST_REMEMBERED)
def _looked_up(prefix: str, page: str, slugs: tuple[str, ...]) -> str:
    # The prefix belongs to the server that the site runs under, and `reverse` reads it by itself.
    return reverse(f"nutrients:{page}", args=slugs)
