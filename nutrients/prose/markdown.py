"""Split a body of prose into blocks, and render the Markdown in them as HTML.

It is a subset of Markdown with numbered citations, whose HTML passes an allow-list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import nh3
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

# Everything else stays plain text: no HTML, no pictures, no code. Tables have a separate block.
RULES = ["emphasis", "escape", "heading", "link", "list", "blockquote", "newline", "text_join"]
TAGS = {
    *("a", "blockquote", "br", "div", "em", "h3", "h4", "li", "ol", "p", "strong", "ul"),
    *("button", "dfn", "span"),
    *("caption", "table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {
    "a": {"aria-label", "class", "href", "id"},
    "button": {"class", "popovertarget", "type"},
    "ol": {"class", "start"},
    "span": {"class", "id", "popover"},
    "table": {"class"},
    "td": {"data-label"},
    "th": {"scope"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

CITATION = re.compile(r"\[(@[A-Za-z0-9_-]+(?:\s*;\s*@[A-Za-z0-9_-]+)*)\s*\]")
CITE = (
    '<a class="cite" id="{0.anchor}" href="#src-{0.number}" aria-label="Source {0.number}">'
    "{0.number}</a>"
)
TEXT = "text"
# A block alone on its line, drawn from the models when the page is shown.
LIVE_BLOCKS = ("comparison-table", "red-flags", "other-causes", "figure", "picture")
# Blocks that contain Markdown, from [[name]] to [[/name]].
CONTAINERS = ("steps", "callout", "questions", "table")
QUESTION = re.compile(r"^### +(?=\S)")
# No part may contain the beginning of a mark, or matching would take quadratic time.
MARK = re.compile(r"\[\[(?P<end>/?)(?P<name>[^\[\]\s/]*)(?:\s(?P<argument>[^\[\]]*))?\]\]")


class Block(NamedTuple):
    """One part of a body: its kind, the words after its name, and its Markdown.

    `line` is its first in the body, counted from 1, and `end` its last; a container
    that is never closed has no end.
    """

    kind: str
    line: int
    end: int | None
    argument: str = ""
    text: str = ""


def lines_of(body: str) -> list[str]:
    """Split a body into lines, as Markdown does."""
    return body.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def mark_on(line: str) -> re.Match[str] | None:
    """Return the mark of a block, if it is alone on the line."""
    return MARK.fullmatch(line.strip())


def split(body: str) -> list[Block]:
    """Split a body into blocks. It never fails: a mark out of place is left out.

    `checking.check` reports such marks to the editor.
    """
    lines = lines_of(body)
    blocks: list[Block] = []
    start = index = 0
    while index < len(lines):
        mark = mark_on(lines[index])
        if mark is None:
            index += 1
            continue
        blocks += _text(lines, start, index)
        block, index = _block(mark, lines, index)
        blocks += [block] if block else []
        start = index
    return blocks + _text(lines, start, index)


def _block(mark: re.Match[str], lines: list[str], index: int) -> tuple[Block | None, int]:
    """Return the block that begins at a mark, or None if it is unknown, and the line after it."""
    kind, argument = mark["name"], (mark["argument"] or "").strip()
    if not mark["end"] and kind in LIVE_BLOCKS:
        return Block(kind, index + 1, index + 1, argument), index + 1
    if mark["end"] or kind not in CONTAINERS:
        return None, index + 1
    inside = index + 1
    while inside < len(lines) and mark_on(lines[inside]) is None:
        inside += 1
    end = mark_on(lines[inside]) if inside < len(lines) else None
    closed = end is not None and bool(end["end"]) and end["name"] == kind
    following = inside + 1 if closed else inside
    text = "\n".join(lines[index + 1 : inside])
    return Block(kind, index + 1, following if closed else None, argument, text), following


def _text(lines: list[str], start: int, end: int) -> list[Block]:
    text = "\n".join(lines[start:end])
    return [Block(TEXT, start + 1, end, text=text)] if text.strip() else []


# Hard words, explained at their first use on a page in the words of a sourced article.
MEANINGS = {
    "anaemia": "A low blood count.",
    "deficiency": "The clinical word for too little of a nutrient.",
    "diuretic": "A water tablet.",
    "electrolyte": (
        "Minerals with an electric charge. They make the signals of nerves and muscles possible."
    ),
    "fasciculation": (
        "The clinical word for twitches: small flickers under the skin that rarely move a joint."
    ),
    "ferritin": "It shows how much iron is in store.",
    "myelin": "The fatty cover of nerve fibres.",
    "myoclonus": "The clinical word for jerks: sudden, brief jumps of a limb or the body.",
    "neuropathy": (
        "Damage to nerves. In the hands and feet it can cause tingling, numbness, weakness and"
        " unsteady walking."
    ),
    "pernicious anaemia": "An immune illness that blocks the uptake of vitamin B12.",
    "refeeding": (
        "Eating again after a long fast. It can make phosphate, potassium and magnesium in the"
        " blood drop fast."
    ),
    "tetany": (
        "Muscles tighten again and again, or stay tight, with tingling. It can be an emergency,"
        " and it is not the infection tetanus."
    ),
}
# Of two names that begin or end alike, the longer comes first.
WORDS = sorted(MEANINGS, key=len, reverse=True)
WORD = re.compile(r"\b(" + "|".join(WORDS) + r")s?\b", re.IGNORECASE)


@dataclass(slots=True)
class Glossary:
    """The hard words of a page, each explained once, in a popover that needs no script."""

    explained: set[str] = field(default_factory=set)

    def pass_over(self, text: str) -> None:
        """Count the words of a text as explained, such as a term in bold with its meaning."""
        self.explained.update(match[1].lower() for match in WORD.finditer(text))

    def explain(self, text: str) -> SafeString:
        """Return the text as HTML, with the meaning of a hard word at its first use on the page."""
        parts: list[str] = []
        end = 0
        for match in WORD.finditer(text):
            word = match[1].lower()
            needs_meaning = word not in self.explained and not _is_beside_brackets(text, match)
            self.explained.add(word)
            if needs_meaning:
                parts += [escape(text[end : match.start()]), _term(word, match[0])]
                end = match.end()
        return SafeString("".join([*parts, escape(text[end:])]))


def _is_beside_brackets(text: str, word: re.Match[str]) -> bool:
    """Whether the text explains the word itself: its meaning is in brackets, or the word is."""
    before = text[: word.start()]
    return text.startswith(" (", word.end()) or before.rfind("(") > before.rfind(")")


def _term(word: str, written: str) -> SafeString:
    return format_html(
        '<dfn><button class="term" type="button" popovertarget="{}">{}</button></dfn>'
        '<span class="meaning" id="{}" popover>{}</span>',
        key := f"term-{word.replace(' ', '-')}",
        written,
        key,
        MEANINGS[word],
    )


# Returns the citation of a source by its slug, with `number` and `anchor`, or None.
Cite = Callable[[str], Any]


def render(
    text: str,
    cite: Cite,
    *,
    kind: str = TEXT,
    caption: str = "",
    glossary: Glossary | None = None,
) -> SafeString:
    """Render Markdown as safe HTML, with citations from `cite`.

    The `kind` is that of the block: only "steps" draws a numbered list as steps of the design, and
    only "table" draws a table, with its caption. Headings start at the third level, and a higher
    one is drawn as the third. `glossary` is that of the page.
    """
    env = {"cite": cite, "steps": kind == "steps", "caption": caption, "glossary": glossary}
    markup = _parser(tables=kind == "table").render(text, env)
    clean = nh3.clean(markup, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    return mark_safe(clean)  # noqa: S308 (nh3 has just cleaned it)


def questions(text: str) -> list[tuple[str, str]]:
    """Return the questions of a block with their answers; words before the first are left out."""
    answers: list[tuple[str, list[str]]] = []
    for line in lines_of(text):
        if QUESTION.match(line):
            answers.append((QUESTION.sub("", line).strip(), []))
        elif answers:
            answers[-1][1].append(line)
    return [(question, "\n".join(lines).strip()) for question, lines in answers]


def cited_slugs(text: str) -> list[str]:
    """Return the slugs that the text cites, in their order, with repetitions."""
    return [slug for citation in CITATION.findall(text) for slug in _slugs(citation)]


@cache
def _parser(*, tables: bool) -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": False}).enable(RULES)
    parser.inline.ruler.before("link", "citation", _citation)
    parser.add_render_rule("citation", _render_citation)
    parser.add_render_rule("text", _render_text)
    for name in ("heading_open", "heading_close"):
        parser.add_render_rule(name, _render_heading)
    parser.add_render_rule("ordered_list_open", _render_list)
    if tables:
        parser.enable("table")
        parser.core.ruler.push("cells", _label_cells)
        parser.add_render_rule("table_open", _render_table)
        for name in ("td_open", "td_close"):
            parser.add_render_rule(name, _render_cell)
    return parser


def _slugs(citation: str) -> list[str]:
    return [part.strip().removeprefix("@") for part in citation.split(";")]


def _citation(state: StateInline, silent: bool) -> bool:
    """Read `[@one; @two]`, and drop the space before it: the number follows the full stop."""
    match = CITATION.match(state.src, state.pos)
    if match is None or match.end() > state.posMax:
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("citation", "", 0).meta = {"slugs": _slugs(match[1])}
    state.pos = match.end()
    return True


def _render_citation(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    marks = (env["cite"](slug) for slug in tokens[index].meta["slugs"])
    # Nothing to escape: a mark consists of numbers.
    return "\N{NO-BREAK SPACE}".join(CITE.format(mark) for mark in marks if mark)


def _render_text(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """Explain hard words, except in headings and links."""
    text, glossary = tokens[index].content, env["glossary"]
    if glossary is None:
        return escape(text)
    if not tokens[index].level and not env.get("is_heading"):
        return glossary.explain(text)
    # A term in bold is followed by its meaning.
    if tokens[index].level and tokens[index - 1].type == "strong_open":
        glossary.pass_over(text)
    return escape(text)


def _render_heading(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    tokens[index].tag = "h4" if tokens[index].tag > "h3" else "h3"
    env["is_heading"] = tokens[index].nesting == 1
    return str(self.renderToken(tokens, index, options, env))


def _render_list(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    if env["steps"]:
        tokens[index].attrSet("class", "steps")
    return str(self.renderToken(tokens, index, options, env))


def _label_cells(state: StateCore) -> None:
    """Make the first cell of each row its heading, and label the others by their columns."""
    labels: list[str] = []
    column = 0
    for token, following in pairwise(state.tokens):
        if token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            labels.append(following.content)
            token.attrs = {"scope": "col"}
        elif token.type == "td_open" and column == 0:
            token.tag, token.attrs = "th", {"scope": "row"}
        elif token.type == "td_open":
            token.attrs = {"data-label": labels[column]}
        elif token.type == "td_close":
            token.tag = "td" if column else "th"
            column += 1


def _render_table(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    return format_html('<table class="table"><caption>{}</caption>\n', env["caption"])


def _render_cell(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    markup = str(self.renderToken(tokens, index, options, env))
    # On a phone a cell is a grid of its label and one box.
    if token.tag == "td":
        return f"</div>{markup}" if token.nesting < 0 else f"{markup}<div>"
    return markup
