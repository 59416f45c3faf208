"""The pages with no row of their own, as search knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page by the name of its address: its title, a sentence, and other words for it."""

    name: str
    title: str
    text: str
    names: tuple[str, ...] = ()


PAGES = (
    Page(
        "safety",
        "When to get help",
        "Every warning sign, by how soon it needs a person.",
        (
            *("emergency", "red flags", "warning signs", "ambulance", "urgent", "112", "911"),
            *("999", "see a doctor", "call a doctor"),
        ),
    ),
    Page("checklist", "Checklist", "Tick what you notice and see what is worth a look."),
    Page(
        "compare",
        "Compare nutrients",
        "A table of nutrients with their signs, foods and daily need.",
        ("comparison table",),
    ),
    Page("plate", "Plate", "Add up the nutrients in the foods you choose.", ("meal", "my plate")),
    Page("food_list", "Foods", "Foods by nutrient, diet and allergen.", ("food finder",)),
    Page("symptom_list", "Symptoms", "All symptoms, by body area.", ("signs",)),
    Page("nutrient_list", "Nutrients", "All minerals, electrolytes and vitamins.", ("vitamins",)),
    Page("a_to_z", "A to Z", "Everything on this site by its name.", ("index", "list")),
    Page("article_list", "Articles", "Every guide on this site.", ("guides",)),
    Page("about", "About us", "Who makes this site, and what it is for.", ("contact", "editors")),
    Page(
        "method",
        "How we grade evidence",
        "What strong, moderate and limited mean, and how we check.",
        ("method", "grades"),
    ),
    Page("sources", "Our sources", "Every source that we cite.", ("references", "studies")),
    Page("changes", "Corrections", "What we changed, and what we put right.", ("changes", "news")),
    Page("data", "Open data", "The whole content as files.", ("download", "csv", "json")),
    Page("privacy", "Privacy", "What this site keeps about you: nothing.", ("cookies", "data")),
    Page("accessibility", "Accessibility", "How to use this site, and what it does not do yet."),
)
