"""How much more each kind of page costs with grown content than with the shipped content alone.

Each site is served inside a process of its own, without a page kept from before: the program
`python -m bench.growth` is that process.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench import servers

ROUNDS, TIMES = 3, 5
# Where a page grew beyond these, the table says so: times its own CPU, and bytes.
MOST_GROWTH, LARGEST = 1.2, 40_000
TICKS = "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"
PAGES = {
    "home": "/",
    "articles": "/articles/",
    "founding article": "/articles/nutrients-and-muscle-jerking/",
    "table": "/compare/",
    "table, two filters": "/compare/?symptom=muscle-cramps&diet=vegan",
    "table, fragment": "/compare/?symptom=muscle-cramps&diet=vegan HX",
    "table as a file": "/compare.csv?symptom=muscle-cramps",
    "checklist, the form": "/checklist/",
    "checklist, four ticks": f"/checklist/ POST {TICKS}",
    "checklist, fragment": f"/checklist/ POST {TICKS} HX",
    "nutrients": "/nutrients/",
    "one nutrient": "/nutrients/magnesium/",
    "an evidence card": "/nutrients/magnesium/muscle-cramps/",
    "symptoms": "/symptoms/",
    "one symptom": "/symptoms/muscle-cramps/",
    "foods": "/foods/",
    "foods, two filters": "/foods/?nutrient=magnesium&diet=vegan",
    "foods by name": "/foods/?q=spinach",
    "one food": "/foods/spinach-cooked/",
    "a plate": "/foods/plate/?food=spinach-cooked&food=tofu-firm-calcium-set",
    "search": "/search/?q=cramp",
    "search, misspelt": "/search/?q=magnesum",
    "A to Z": "/a-z/",
    "sources": "/sources/",
    "changes": "/changes/",
    "safety": "/safety/",
    "about": "/about/",
    "method": "/method/",
    "open data": "/data/",
    "site map": "/sitemap.xml",
    "feed": "/feeds/articles/",
}


def table(shipped: Path, grown: Path) -> str:
    """Measure both sites in turn, round by round, and give the table; `!` marks what grew."""
    rounds = [[measured(folder) for folder in (shipped, grown)] for _ in range(ROUNDS)]
    rows = [
        "| page | CPU shipped | CPU grown | ratio | gzip shipped | gzip grown |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*rows, *(row(page, rounds) for page in PAGES)])


def row(page: str, rounds: list[list[dict[str, dict]]]) -> str:
    """Give the line of one page. Raises RuntimeError where it was not answered."""
    before, after = ([each[side][page] for each in rounds] for side in (0, 1))
    if after[0]["status"] != "200 OK":
        raise RuntimeError(f"{page}: {after[0]['status']}")
    shipped, grown = (median(run["ms"] for run in side) for side in (before, after))
    growth = f"{grown / shipped:.2f}{' !' if grown > MOST_GROWTH * shipped else ''}"
    sizes = [f"{side[0]['gzip'] / 1000:.1f} kB" for side in (before, after)]
    size = f"{sizes[1]}{' !' if after[0]['gzip'] > LARGEST else ''}"
    return f"| {page} | {shipped:.2f} ms | {grown:.2f} ms | {growth} | {sizes[0]} | {size} |"


def measured(folder: Path) -> dict[str, dict]:
    """Give status, milliseconds of CPU and compressed bytes of every page of one site."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.growth"],
        cwd=servers.ROOT,
        env=servers.environment(folder) | {"LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def serve() -> None:
    """Ask this process's own site for every page and print what it cost as JSON."""
    from django.core.wsgi import get_wsgi_application

    memory: dict = {}
    application = get_wsgi_application()
    found = {}
    for name, request in PAGES.items():
        environ = environment_of(request)
        # Twice before: the first fills the memory that a worker keeps for a version of content.
        for _ in range(2):
            status, body = asked(application, environ, memory)
        spent = []
        for _ in range(TIMES):
            started = time.process_time()
            asked(application, environ, memory)
            spent.append(time.process_time() - started)
        size = len(gzip.compress(body, 6))
        found[name] = {"status": status, "ms": median(spent) * 1000, "gzip": size}
    print(json.dumps(found))


def environment_of(request: str) -> dict[str, str]:
    """Read a line such as "/checklist/ POST symptom=tingling HX" into WSGI variables."""
    address, *rest = request.split(" ")
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "POST" if "POST" in rest else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "body": next((word for word in rest if "=" in word), ""),
    }
    return environ | ({"HTTP_HX_REQUEST": "true"} if "HX" in rest else {})


def asked(application, environ: dict[str, str], memory: dict) -> tuple[str, bytes]:
    """Give the status and the body of one answer."""
    body = environ["body"].encode()
    said: list[str] = []
    variables = environ | {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.errors": sys.stderr,
        "nutrisite.memory": memory,
    }
    answer = application(variables, lambda status, headers, info=None: said.append(status))
    whole = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return said[0], whole


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")
    serve()
