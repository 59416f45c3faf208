"""The USDA's whole table of foods: read line by line, added in batches, never twice."""

from .importing import BATCH_SIZE, Importer, NotReadyError, Outcome
from .reading import Fault, FoodRow, FoodTable, TableError

__all__ = [
    "BATCH_SIZE",
    "Fault",
    "FoodRow",
    "FoodTable",
    "Importer",
    "NotReadyError",
    "Outcome",
    "TableError",
]
