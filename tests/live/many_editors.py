"""Let many editors save beside readers, through six kills, and print what came of it.

python -m tests.live.many_editors [SAVES]

Twenty editors save so many times each (200): every tenth time a symptom, which the test book
reads, and otherwise a new group of foods. Eight readers ask for pages that no cache holds. Every
process of the site is killed six times meanwhile. It takes some twenty minutes with 200 saves
each, and runs on PostgreSQL under scripts/on_postgresql.sh.
"""

import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

import html5lib

from tests import snapshots
from tests.browser import databases, server
from tests.live.gunicorns import BUSY, LOST, Editor, Gunicorn

EDITORS, READERS, KILLS, SAVES = 20, 8, 6, 200
PATHS = ("/foods/", "/compare/?sort=name", "/search/?q=cramp", "/symptoms/tremor/")
GROUP, LIST = "/admin/nutrients/foodgroup/add/", "/admin/nutrients/foodgroup/"


@dataclass
class Tally:
    """What was seen: seconds of saves and pages, groups and notes acknowledged, and faults."""

    saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tried_again: int = 0
    cut_off: int = 0


def fields_of(page: str) -> dict[str, Any]:
    """The fields of the admin's form as a browser would send them."""
    form: dict[str, Any] = {}
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for each in root.find(".//form[@id='symptom_form']").iter():
        name, kind = each.get("name"), each.get("type")
        if each.tag not in ("input", "textarea", "select") or not name:
            continue
        if kind == "submit" or (kind == "checkbox" and each.get("checked") is None):
            continue
        if each.tag == "select":
            chosen = [o.get("value") for o in each.iter("option") if o.get("selected") is not None]
            form[name] = chosen if each.get("multiple") is not None else "".join(chosen)
        else:
            form[name] = each.text or "" if each.tag == "textarea" else each.get("value", "on")
    return form


def until_answered(tally: Tally, work: Callable[[], Any]) -> Any:
    """Do it again until a process that lives has answered."""
    while True:
        try:
            return work()
        except LOST:
            tally.cut_off += 1
            time.sleep(0.1)


def send(tally: Tally, editor: Editor, path: str, form: dict[str, Any]) -> int:
    """Send a form as often as the site asks for it, a second after each answer.

    Gives the status of the last answer.
    """
    while True:
        status, _ = editor.post(path, form)
        if status != 200 or BUSY not in editor.page:
            return status
        tally.tried_again += 1
        time.sleep(1)


def save_symptom(tally: Tally, editor: Editor, number: int, note: str) -> bool:
    path = f"/admin/nutrients/symptom/{number}/change/"
    form = fields_of(editor.open(path))
    is_saved = send(tally, editor, path, form | {"help_note": note}) == 302
    if is_saved:
        tally.notes[number] = note
    return is_saved


def save_group(tally: Tally, editor: Editor, slug: str) -> bool:
    form = {"name": slug, "slug": slug, "position": "5"}
    status = send(tally, editor, GROUP, form)
    # A save whose answer a kill cut off is there already.
    is_saved = status == 302 or "already exists" in editor.page
    if is_saved:
        tally.groups.append(slug)
    return is_saved


def edit(tally: Tally, site: Gunicorn, cookies: Any, number: int, saves: int) -> None:
    editor = Editor(site, cookies)
    for turn in range(saves):
        start = time.perf_counter()
        if turn % 10:
            work = partial(save_group, tally, editor, f"editor-{number}-{turn}")
        else:
            note = f"Ask a pharmacist about this. This is note {turn}."
            work = partial(save_symptom, tally, editor, number, note)
        done = until_answered(tally, work)
        tally.saves.append(time.perf_counter() - start)
        if not done:
            said = re.findall(r'class="errorlist[^>]*>(.*?)</ul>', editor.page, re.DOTALL)
            tally.faults.append(f"editor {number}, save {turn}: {said or editor.page[:200]}")


def read(tally: Tally, site: Gunicorn, number: int, done: threading.Event) -> None:
    reader, turn = Editor(site), 0
    while not done.is_set():
        turn += 1
        path = PATHS[turn % len(PATHS)]
        start = time.perf_counter()
        try:
            status, _, _ = reader.ask("GET", path)
        except LOST:
            tally.cut_off += 1
            time.sleep(0.1)
            continue
        tally.pages.append(time.perf_counter() - start)
        if status != 200:
            tally.faults.append(f"reader {number}: {path} {status}")


def started(number: int, work: Callable[[int], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, args=[n + 1], daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads


def kill(site: Gunicorn, tally: Tally, saves: int) -> None:
    """Kill every process once so many saves more are done, six times in all."""
    for number in range(1, KILLS + 1):
        while len(tally.saves) < number * saves // (KILLS + 1):
            time.sleep(0.05)
        site.kill()
        site.start()


def lost(folder: Path, tally: Tally) -> list[str]:
    groups = {slug for (slug,) in databases.ask(folder, "SELECT slug FROM nutrients_foodgroup")}
    rows = databases.ask(folder, "SELECT id, help_note FROM nutrients_symptom")
    notes = {int(number): note for number, note in rows}
    gone = [f"group {slug}" for slug in tally.groups if slug not in groups]
    return gone + [f"note {n}" for n, note in tally.notes.items() if notes[n] != note]


def spread(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"median {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s, longest {max(seconds):.3f} s"


def main() -> None:
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else SAVES
    tally, done = Tally(), threading.Event()
    with tempfile.TemporaryDirectory(prefix="nutrisite-editors-") as name:
        folder = Path(name)
        snapshots.make_template(folder / "template")
        server.prepare(folder / "prepared", folder / "template")
        server.unpack(folder / "prepared", folder / "site")
        site = Gunicorn(folder / "site", WEB_WORKERS="2")
        site.start()
        try:
            start = time.perf_counter()
            cookies = Editor(site).sign_in().cookies
            readers = started(READERS, lambda n: read(tally, site, n, done))
            editors = started(EDITORS, lambda n: edit(tally, site, cookies, n, saves))
            kill(site, tally, EDITORS * saves)
            for thread in editors:
                thread.join()
            done.set()
            for thread in readers:
                thread.join()
            took = time.perf_counter() - start
        finally:
            site.stop()
        gone = lost(site.folder, tally)
    sys.stdout.write(f"""{len(tally.saves)} saves in {took:.0f} s: {spread(tally.saves)}
{len(tally.pages)} pages: {spread(tally.pages)}
asked to try again: {tally.tried_again}, cut off by a kill: {tally.cut_off}
faults: {len(tally.faults)} {tally.faults[:3]}
lost: {len(gone)} {gone[:3]}
""")
    sys.exit(bool(tally.faults or gone))


if __name__ == "__main__":
    main()
