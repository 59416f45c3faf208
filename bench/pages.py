"""What is asked: each kind of page, and the ways in which a reader may ask for it."""

from dataclasses import dataclass, replace

from bench.load import Request

TICKS = "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"
TABLE = "/compare/?symptom=muscle-cramps&diet=vegan"
HTMX = (("HX-Request", "true"),)

PAGES = {
    "home": Request("GET", "/"),
    "the founding article": Request("GET", "/articles/nutrients-and-muscle-jerking/"),
    "a nutrient": Request("GET", "/nutrients/magnesium/"),
    "a symptom": Request("GET", "/symptoms/muscle-cramps/"),
    "an evidence card": Request("GET", "/nutrients/magnesium/muscle-cramps/"),
    "the table, two filters": Request("GET", TABLE),
    "the table's fragment": Request("GET", TABLE, headers=HTMX),
    "the foods": Request("GET", "/foods/?nutrient=magnesium&diet=vegan"),
    "a food": Request("GET", "/foods/spinach-raw/"),
    "a search": Request("GET", "/search/?q=cramp"),
}
# Answers to ticks are kept nowhere, so there is one way to ask for them.
FORMS = {
    "the checklist, four ticks": Request("POST", "/checklist/", TICKS),
    "the checklist's fragment": Request("POST", "/checklist/", TICKS, HTMX),
}


@dataclass(frozen=True)
class Case:
    """One line of the table: a page, a way to ask for it, the server asked, and the request."""

    page: str
    way: str
    server: str
    request: Request


def cases(etags: dict[str, str]) -> list[Case]:
    """Give every case. `etags` holds the mark of each page that is kept.

    What is made anew goes out as it is: compressing it would be measured in place of making it.
    """
    lines = []
    for page, request in PAGES.items():
        plain = replace(request, encodings="identity")
        unchanged = (*request.headers, ("If-None-Match", etags[page]))
        lines += [
            Case(page, "kept", "site", request),
            Case(page, "304", "site", replace(request, headers=unchanged)),
            Case(page, "made anew", "site without kept pages", plain),
        ]
    for page, request in FORMS.items():
        lines.append(Case(page, "made anew", "site", replace(request, encodings="identity")))
    return lines
