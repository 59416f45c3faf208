"""Adding USDA foods: a batch in a transaction, a food with all that belongs to it, never twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from nutrients.loading import ledger
from nutrients.models import (
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    ShippedRow,
    Source,
    Status,
    Verification,
)

from .groups import GroupRule, groups_for, rule_for
from .reading import NUTRIENT_COLUMNS, FoodRow, Portion

BATCH_SIZE = 250
SOURCE = "usda-sr28"
# What stands in the ledger of shipped rows instead of a model, with the NDB number as the key.
LEDGER = "usda food"


class NotReadyError(Exception):
    """The database lacks what the foods need; its text is one sentence."""


@dataclass(slots=True)
class Outcome:
    """What an import did: foods added, kept and left deleted, and rows added with or to them."""

    added: int = 0
    kept: int = 0
    left_deleted: int = 0
    amounts: int = 0
    portions: int = 0

    def __iadd__(self, other: Outcome) -> Outcome:
        """Count another batch in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


class Importer:
    """Adds foods that are neither there nor were ever there, and portions that never were.

    What stands in the ledger was brought in before: where it is gone, an editor deleted it, and
    where it differs, an editor changed it. Either stays as the editor left it.
    """

    def __init__(self, rules: Sequence[GroupRule], *, at: datetime) -> None:
        """Look up what every food needs; raise NotReadyError where it is not there."""
        self.rules = rules
        self.at = at
        self.source = _source()
        self.nutrients = _nutrients()
        self.once_chosen = _numbers_once_chosen()

    def add(self, foods: Sequence[FoodRow]) -> Outcome:
        """Add a batch, all of it or nothing, and give what was done."""
        with transaction.atomic():
            # One import at a time, so that what is there cannot change until the end of the batch.
            ledger.lock()
            return _Batch(self, foods).run()


class _Batch:
    """One batch under way: the foods in it, those that are there, and what the ledger says."""

    def __init__(self, importer: Importer, foods: Sequence[FoodRow]) -> None:
        self.importer = importer
        self.foods = foods
        self.outcome = Outcome()
        self.present = _present(foods)
        self.recorded = _recorded(food.ndb_number for food in foods)

    def run(self) -> Outcome:
        new = [food for food in self.foods if self._is_new(food)]
        kept = [food for food in self.foods if food.ndb_number in self.present]
        self.outcome.kept = len(kept)
        self.outcome.left_deleted = len(self.foods) - len(kept) - len(new)
        self._add_foods(new)
        portions = self._missing_portions(kept) | {food.ndb_number: food.portions for food in new}
        self._add_portions(portions)
        self._record([*new, *kept])
        return self.outcome

    def _is_new(self, food: FoodRow) -> bool:
        number = food.ndb_number
        return not (
            number in self.present or number in self.recorded or number in self.importer.once_chosen
        )

    def _add_foods(self, new: Sequence[FoodRow]) -> None:
        """Insert foods past save() and its signals, so that no history begins with an import."""
        rules = {
            food.ndb_number: rule_for(self.importer.rules, food.group, food.description)
            for food in new
        }
        groups = groups_for(rules.values())
        made = FoodSource.objects.bulk_create(
            _food_source(food, groups[rules[food.ndb_number].slug].pk, at=self.importer.at)
            for food in new
        )
        self.present |= {food.usda_ndb_number: food.pk for food in made}
        # Nothing was changed since: an import must not look like an edit.
        FoodSource.objects.filter(pk__in=[food.pk for food in made]).update(
            changed_at=self.importer.at
        )
        links = FoodSource.sources.through
        links.objects.bulk_create(
            links(foodsource_id=food.pk, source_id=self.importer.source) for food in made
        )
        self.outcome.added = len(made)
        self._add_amounts(new)

    def _add_amounts(self, new: Sequence[FoodRow]) -> None:
        nutrients = self.importer.nutrients
        made = NutrientAmount.objects.bulk_create(
            NutrientAmount(
                food_id=self.present[food.ndb_number],
                nutrient_id=nutrients[slug],
                per_100g=amount,
                source_id=self.importer.source,
            )
            for food in new
            for slug, amount in food.amounts.items()
            if slug in nutrients
        )
        self.outcome.amounts = len(made)

    def _missing_portions(self, kept: Sequence[FoodRow]) -> dict[str, Sequence[Portion]]:
        """The portions that foods lack and never had, by the food's number."""
        wanted = {
            food.ndb_number: [
                portion
                for portion in food.portions
                if portion not in self.recorded.get(food.ndb_number, ())
            ]
            for food in kept
        }
        wanted = {number: portions for number, portions in wanted.items() if portions}
        there = set(
            FoodPortion.objects.filter(
                food__in=[self.present[number] for number in wanted]
            ).values_list("food", "description", "grams")
        )
        return {
            number: [row for row in portions if (self.present[number], *row) not in there]
            for number, portions in wanted.items()
        }

    def _add_portions(self, portions: dict[str, Sequence[Portion]]) -> None:
        made = FoodPortion.objects.bulk_create(
            FoodPortion(food_id=self.present[number], description=description, grams=grams)
            for number, rows in portions.items()
            for description, grams in rows
        )
        self.outcome.portions = len(made)

    def _record(self, foods: Iterable[FoodRow]) -> None:
        """Enter what the ledger does not hold yet."""
        ShippedRow.objects.bulk_create(
            [
                ShippedRow(
                    model=LEDGER,
                    natural_key=json.dumps([food.ndb_number]),
                    fields={"portions": [[words, str(grams)] for words, grams in portions]},
                    loaded_at=self.importer.at,
                )
                for food in foods
                if (portions := self._portions_ever(food)) is not None
            ],
            update_conflicts=True,
            unique_fields=["model", "natural_key"],
            update_fields=["fields", "loaded_at"],
        )

    def _portions_ever(self, food: FoodRow) -> list[Portion] | None:
        """Every portion the food ever came with; None where the ledger has them all."""
        before = self.recorded.get(food.ndb_number)
        if before is not None and set(food.portions) <= before.keys():
            return None
        return list(dict.fromkeys([*(before or ()), *food.portions]))


def food_slug(food: FoodRow) -> str:
    """The slug of an imported food: its description, cut at a word, and its NDB number."""
    words, longest = slugify(food.description), 80 - len("-12345")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return f"{words}-{food.ndb_number}"


def _food_source(food: FoodRow, group: int, *, at: datetime) -> FoodSource:
    return FoodSource(
        slug=food_slug(food),
        name=food.description,
        group_id=group,
        is_curated=False,
        # Nobody chose a serving, and which portion people eat is not for us to guess.
        serving_description="100 g",
        serving_grams=Decimal(100),
        energy_kcal=food.energy_kcal,
        usda_ndb_number=food.ndb_number,
        usda_fdc_id=food.fdc_id,
        usda_description=food.description,
        status=Status.PUBLISHED,
        publish_at=at,
        verification=Verification.ONE_PAGE,
    )


def _source() -> int:
    source = Source.objects.filter(slug=SOURCE).values_list("pk", flat=True).first()
    if source is None:
        raise NotReadyError(f"There is no source {SOURCE}: run `manage.py load_content` first.")
    return source


def _nutrients() -> dict[str, int]:
    """The id of each nutrient under its slug; raise NotReadyError where its unit is another."""
    units = dict(NUTRIENT_COLUMNS.values())
    nutrients = list(Nutrient.objects.filter(slug__in=units))
    for nutrient in nutrients:
        if nutrient.unit != units[nutrient.slug]:
            raise NotReadyError(
                f"{nutrient} is measured in {nutrient.unit} here, and in {units[nutrient.slug]}"
                " by the USDA."
            )
    return {nutrient.slug: nutrient.pk for nutrient in nutrients}


def _numbers_once_chosen() -> set[str]:
    """The NDB numbers of all foods that ever came with the shipped content."""
    rows = ShippedRow.objects.filter(model=FoodSource._meta.label_lower)
    return {fields.get("usda_ndb_number", "") for fields in rows.values_list("fields", flat=True)}


def _present(foods: Iterable[FoodRow]) -> dict[str, int]:
    """The id of each of the foods that is there, under its NDB number.

    A food whose number an editor took away still has the slug that holds it.
    """
    numbers = {food_slug(food): food.ndb_number for food in foods}
    rows = FoodSource.objects.filter(
        Q(usda_ndb_number__in=numbers.values()) | Q(slug__in=numbers)
    ).values_list("slug", "usda_ndb_number", "pk")
    by_number = {number: pk for _, number, pk in rows}
    by_slug = {numbers[slug]: pk for slug, _, pk in rows if slug in numbers}
    return by_slug | by_number


def _recorded(numbers: Iterable[str]) -> dict[str, dict[Portion, None]]:
    """The portions that each food came with, for the foods that were brought in before."""
    keys = [json.dumps([number]) for number in numbers]
    rows = ShippedRow.objects.filter(model=LEDGER, natural_key__in=keys)
    return {
        json.loads(key)[0]: {(words, Decimal(grams)): None for words, grams in fields["portions"]}
        for key, fields in rows.values_list("natural_key", "fields")
    }
