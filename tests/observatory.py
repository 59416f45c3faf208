"""Mozilla's HTTP Observatory, as far as its published scoring looks at one answer.

Source: github.com/mdn/mdn-http-observatory, src/grader/charts.js and src/analyzer/tests/, read in
November 2026; the points for opener and embedder policies are those of its pull request 498. A
site starts at 100; bonuses count where it has lost at most 10 points. What asks for a second
request (redirections, CORS) is tested by itself. Highest for a site that sets no cookie, is not in
browsers' preload lists and puts no hashes beside its own scripts: 150.
"""

import re

BASE, LEAST_FOR_BONUS = 100, 90
SIX_MONTHS = 15_768_000
PRIVATE_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
# For each policy towards other origins: what earns its points, and what is known and earns none.
CROSS_ORIGIN = {
    "Cross-Origin-Resource-Policy": ({"same-origin", "same-site"}, {"cross-origin"}),
    "Cross-Origin-Opener-Policy": (
        {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"},
        {"unsafe-none"},
    ),
    "Cross-Origin-Embedder-Policy": ({"require-corp", "credentialless"}, {"unsafe-none"}),
}


def score(headers, cookies, html):
    """Give the points of one answer over https: its headers, its Set-Cookie lines, its page."""
    modifiers = [
        content_policy(directives(headers.get("Content-Security-Policy", ""))),
        framing(headers),
        referrer(headers),
        strict_transport(headers),
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        *(one_of(headers.get(name), *values) for name, values in CROSS_ORIGIN.items()),
        cookie_flags(cookies),
        scripts(html),
    ]
    total = BASE + sum(points for points in modifiers if points < 0)
    if total >= LEAST_FOR_BONUS:
        total += sum(points for points in modifiers if points > 0)
    return total


def directives(policy):
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name.lower(): set(values) for name, *values in parts}


def content_policy(policy):
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script, style = policy.get("script-src", default), policy.get("style-src", default)
    objects = policy.get("object-src", default)
    if script & (BROAD | {"'unsafe-inline'", "data:"}) or objects & BROAD:
        return -20
    if any(value.startswith(("http:", "ftp:")) for values in policy.values() for value in values):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if style & (BROAD | {"'unsafe-inline'", "data:"}):
        return 0
    return 10 if default == {"'none'"} else 5


def framing(headers):
    policy = directives(headers.get("Content-Security-Policy", ""))
    if not policy.get("frame-ancestors", {"*"}) & BROAD:
        return 5
    return 0 if headers.get("X-Frame-Options", "").upper() in {"DENY", "SAMEORIGIN"} else -20


def referrer(headers):
    written = headers.get("Referrer-Policy")
    if written is None:
        return 0
    return 5 if written.split(",")[-1].strip().lower() in PRIVATE_REFERRERS else -5


def strict_transport(headers):
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def one_of(value, earning, known):
    if value is None or value in known:
        return 0
    return 10 if value in earning else -5


def cookie_flags(cookies):
    worst = [5] if cookies else [0]
    for cookie in cookies:
        name, *flags = (part.strip().lower() for part in cookie.split(";"))
        is_session = any(word in name.split("=")[0] for word in ("login", "sess"))
        if "secure" not in flags:
            worst.append(-10 if is_session else -5)
        if is_session and "httponly" not in flags:
            worst.append(-30)
        if not {"samesite=lax", "samesite=strict"} & set(flags):
            worst.append(-20 if "csrf" in name else 0)
    return min(worst)


def scripts(html):
    sources = re.findall(r"<script[^>]*\ssrc=\"([^\"]*)\"([^>]*)", html)
    if any(re.match(r"(https?:)?//", source) for source, _ in sources):
        return -5
    return 5 if sources and "integrity=" in sources[0][1] else 0
