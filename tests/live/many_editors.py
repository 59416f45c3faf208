"""Let many editors save beside readers, through six kills, and print a summary.

python -m tests.live.many_editors [SAVES]

Twenty editors save so many times each (200): every tenth time a symptom, which the test book
reads, and otherwise a new group of foods. Eight readers ask for pages that no cache holds. Every
process of the site is killed six times meanwhile. It takes some twenty minutes with 200 saves
each, and runs on PostgreSQL under scripts/on_postgresql.sh.
"""

import itertools
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import html5lib

from tests import snapshots
from tests.browser import databases, server
from tests.live.gunicorns import BUSY, LOST, PATIENCE, Editor, serving, wait_until

EDITORS, READERS, KILLS, SAVES = 20, 8, 6, 200
PATHS = ("/foods/", "/compare/?sort=name", "/search/?q=cramp", "/symptoms/tremor/")
GROUP = "/admin/nutrients/foodgroup/add/"


@dataclass
class Tally:
    """Results: seconds of saves and pages, acknowledged groups and notes, faults and losses."""

    saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    notes: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    tried_again: int = 0
    cut_off: int = 0


def fields_of(page):
    """Return the fields of the admin's form of a symptom as a browser sends them."""
    form = {}
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for element in root.find(".//form[@id='symptom_form']").iter():
        name, kind = element.get("name"), element.get("type")
        if element.tag not in ("input", "textarea", "select") or not name:
            continue
        if kind == "submit" or (kind == "checkbox" and element.get("checked") is None):
            continue
        if element.tag == "select":
            options = [o for o in element.iter("option") if o.get("selected") is not None]
            chosen = [option.get("value") for option in options]
            form[name] = chosen if element.get("multiple") is not None else "".join(chosen)
        else:
            text = element.text or ""
            form[name] = text if element.tag == "textarea" else element.get("value", "on")
    return form


def save(tally, editor, number, turn):
    """Save a note on an editor's symptom, or a group; return whether it was acknowledged.

    The form is sent as often as the site asks for it, a second after each answer.
    """
    path, slug = GROUP, f"editor-{number}-{turn}"
    form = {"name": slug, "slug": slug, "position": "5"}
    if turn % 10 == 9:
        path, note = f"/admin/nutrients/symptom/{number}/change/", f"Ask. This is note {turn}."
        form = fields_of(editor.open(path)) | {"help_note": note}
    while (status := editor.post(path, form)[0]) == 200 and BUSY in editor.page:
        tally.tried_again += 1
        time.sleep(1)
    if path != GROUP:
        if status == 302:
            tally.notes[number] = note
        return status == 302
    # A save whose answer a kill cut off is there already.
    is_saved = status == 302 or "already exists" in editor.page
    tally.groups |= {slug} if is_saved else set()
    return is_saved


def edit(tally, site, cookies, number, saves):
    editor = Editor(site, cookies)
    for turn in range(saves):
        start, is_saved = time.perf_counter(), None
        while is_saved is None:
            try:
                is_saved = save(tally, editor, number, turn)
            except LOST:
                tally.cut_off += 1
                time.sleep(0.1)
        tally.saves.append(time.perf_counter() - start)
        if not is_saved:
            tally.faults.append(f"editor {number}, save {turn}: {editor.page[:2000]}")


def read(tally, site, done):
    reader = Editor(site)
    for path in itertools.cycle(PATHS):
        if done.is_set():
            break
        start = time.perf_counter()
        try:
            status, _, _ = reader.ask("GET", path)
        except LOST:
            tally.cut_off += 1
            time.sleep(0.1)
            continue
        tally.pages.append(time.perf_counter() - start)
        if status != 200:
            tally.faults.append(f"reader: {path} {status}")


def start(function, *args):
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    return thread


def run(site, saves, readers, kills):
    """Let editors save so many times each beside readers, through kills; return the results."""
    tally, done = Tally(), threading.Event()
    cookies = Editor(site).sign_in().cookies
    reading = [start(read, tally, site, done) for _ in range(readers)]
    editing = [start(edit, tally, site, cookies, n, saves) for n in range(1, EDITORS + 1)]
    for kill in range(1, kills + 1):
        enough = kill * EDITORS * saves // (kills + 1)
        wait_until(lambda enough=enough: len(tally.saves) >= enough, seconds=600)
        site.kill()
        site.start()
    wait_until(lambda: not any(thread.is_alive() for thread in editing), seconds=600)
    done.set()
    for thread in reading:
        thread.join(PATIENCE)
    groups = {
        slug for (slug,) in databases.ask(site.folder, "SELECT slug FROM nutrients_foodgroup")
    }
    notes = dict(databases.ask(site.folder, "SELECT id, help_note FROM nutrients_symptom"))
    changed = [f"note {number}" for number, note in tally.notes.items() if notes[number] != note]
    tally.lost = [*(tally.groups - groups), *changed]
    return tally


def spread(seconds):
    cuts = quantiles(seconds, n=100)
    return f"median {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s, longest {max(seconds):.3f} s"


def main():
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else SAVES
    with tempfile.TemporaryDirectory(prefix="nutrisite-editors-") as name:
        folder = Path(name)
        snapshots.make_template(folder / "template")
        server.prepare(folder / "prepared", folder / "template")
        with serving(folder / "prepared", folder / "site", WEB_WORKERS="2") as site:
            begun = time.perf_counter()
            tally = run(site, saves, READERS, KILLS)
            seconds = time.perf_counter() - begun
    sys.stdout.write(f"""{len(tally.saves)} saves in {seconds:.0f} s: {spread(tally.saves)}
{len(tally.pages)} pages: {spread(tally.pages)}
asked to try again: {tally.tried_again}, cut off by a kill: {tally.cut_off}
faults: {len(tally.faults)} {tally.faults[:3]}
lost: {len(tally.lost)} {tally.lost[:3]}
""")
    sys.exit(bool(tally.faults or tally.lost))


if __name__ == "__main__":
    main()
