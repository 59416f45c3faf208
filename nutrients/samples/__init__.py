"""Made-up content, to measure how the site does with far more than it ships. Never for readers."""

from .making import Maker, Sizes
from .removing import RefusedError, remove

__all__ = ["Maker", "RefusedError", "Sizes", "remove"]
