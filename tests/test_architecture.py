"""docs/architecture.md names files that are there, and names that these files define."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text()
# Paragraphs, steps of a walk and rows of a table.
PARTS = [part for part in re.split(r"\n(?=\n|\d\. |\| )", TEXT) if "`" in part]
FILE = re.compile(r"[\w/.-]+/[\w.-]+\.(py|html|yaml|md)")
DEFINITION = re.compile(r"^\s*(?:(?:def|class) (?=\w)|(?=\w+(?::| =)))(\w+)", re.MULTILINE)


@pytest.mark.parametrize("part", PARTS)
def test_files_of_a_part_are_there_and_define_its_names(part):
    marked = re.findall(r"`([^`]+)`", part)
    files = [ROOT / word for word in marked if FILE.fullmatch(word)]
    names = {word for word in marked if re.fullmatch(r"\w+", word)}

    assert [path for path in files if not path.exists()] == []
    assert (
        names - {name for path in files for name in DEFINITION.findall(path.read_text())} == set()
    )
