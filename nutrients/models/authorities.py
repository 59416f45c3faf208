"""Whose advice on intakes a figure is, and so which country's readers it is for."""

from __future__ import annotations

from django.db import models


class Authority(models.TextChoices):
    """Who sets reference intakes: by country, as the parameter `country` names them."""

    UK = "uk", "UK"
    EU = "eu", "EU"
    US = "us", "US and Canada"

    @property
    def place(self) -> str:
        """The name inside a sentence: “in the UK”."""
        return f"the {self.label}"

    @property
    def adult_from(self) -> int:
        """The age in years from which its tables count people as adults."""
        return 18 if self is Authority.EU else 19

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What an address carries for it: nothing for HOME, whose figures show without."""
        return [] if self is HOME else [("country", self.value)]

    @property
    def query(self) -> str:
        """The same from the question mark on: “?country=eu”, or nothing."""
        return "" if self is HOME else f"?country={self.value}"


# Whose figures a page shows where its address names no country.
HOME = Authority.UK
