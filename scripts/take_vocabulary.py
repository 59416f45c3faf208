"""Take schema.org's vocabulary, against which the tests hold our structured data.

npm pack schema-dts && tar xzf schema-dts-*.tgz
python -m scripts.take_vocabulary package/dist/schema.d.ts

The types of that package are made from schema.org's own release by a program. Every type, every
property and every member of an enumeration goes into
tests/site/schema_org.json; descriptions do not.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "tests" / "site" / "schema_org.json"
ORIGIN = (
    "The types of schema.org 30.1 (CC BY-SA 3.0), without roles: parents, own properties, what "
    "each expects, and members; as schema-dts 2.1.0 declares them. "
    "Made by scripts/take_vocabulary.py."
)
NOTE = re.compile(r"/\*\*.*?\*/", re.DOTALL)
# A type is the union of itself, called its leaf, of the types below it, and of its members.
UNION = re.compile(r"^export type (\w+)(?:<[^=]*>)? = (.*);$", re.MULTILINE)
BODY = re.compile(r"^interface (\w+)Base extends [^{]+ \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
PROPERTY = re.compile(r'^ +"(\w+)"\?: SchemaValue<([^<>]+), "\w+">;$', re.MULTILINE)
MEMBER = re.compile(r'"https://schema\.org/(\w+)"')
GENERIC = re.compile(r"<[^<>]*>")
# How the package writes what is no type of the vocabulary, and names that begin with a figure.
REFERENCE, FIGURE_FIRST = "IdReference", re.compile(r"\b_(?=\d)")


def main() -> None:
    """Write the vocabulary that the given file declares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("declarations", type=Path, help="schema.d.ts of the package schema-dts")
    text = parser.parse_args().declarations.read_text(encoding="utf-8")
    known = {"_": ORIGIN} | vocabulary(text)
    lines = (f"{json.dumps(name)}: {json.dumps(known[name], sort_keys=True)}" for name in known)
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def vocabulary(text: str) -> dict[str, Any]:
    """Give each type under its name: its parents, properties with expected types, and members."""
    plain = FIGURE_FIRST.sub("", NOTE.sub("", text))
    unions = {name: parts(GENERIC.sub("", union)) for name, union in UNION.findall(plain)}
    bodies = dict(BODY.findall(plain))
    # A name with an underscore is that of another vocabulary.
    types = sorted(name for name, union in unions.items() if f"{name}Leaf" in union)
    types = [name for name in types if "_" not in name]
    return {
        name: {
            "parents": [other for other in types if name in unions[other]],
            "properties": properties(bodies.get(name, "")),
            "members": sorted(set(MEMBER.findall(" ".join(unions[name])))),
        }
        for name in types
    }


def properties(body: str) -> dict[str, list[str]]:
    """Give the properties that a type declares itself, each with the types that it expects."""
    found = {name: sorted(parts(kinds)) for name, kinds in PROPERTY.findall(body)}
    if len(found) != body.count("SchemaValue<"):
        raise ValueError(f"The package writes properties in a way that is not read here:\n{body}")
    return found


def parts(union: str) -> list[str]:
    """Part a union, without references, which are the package's own notion."""
    return [part for part in map(str.strip, union.split("|")) if part != REFERENCE]


if __name__ == "__main__":
    main()
