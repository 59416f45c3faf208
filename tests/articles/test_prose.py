"""Prose: the HTML of Markdown, citations and blocks, and the messages to editors."""

import re

import pytest
from django.http import HttpResponse
from hypothesis import example, given
from hypothesis import strategies as st

from nutrients import prose
from nutrients.common.citations import References
from nutrients.models import Source
from tests.site.pages import parse

PLAIN = ("blockquote", "br", "caption", "div", "em", "h3", "h4", "li", "p", "strong", "sup", "ul")
ALLOWED = {tag: set() for tag in (*PLAIN, "tbody", "thead", "tr")} | {
    "a": {"aria-label", "class", "href", "id", "rel"},
    "ol": {"class", "start"},
    "table": {"class"},
    "td": {"data-label"},
    "th": {"scope"},
}
SOURCES = {"one", "two"}
SYMPTOMS = {"muscle-jerks"}
FIGURES = {"eyelid"}

fragments = st.sampled_from(
    [
        "[@one]", "[@one; @two]", "[@nope]", "[@", "[[steps]]", "[[/steps]]", "[[callout note]]",
        "[[/callout]]", "[[questions]]", "### ", "[[table t]]", "[[/table]]", "| a |\n|-|\n| b |\n",
        "[[red-flags]]", "[[other-causes muscle-jerks]]", "[[", "]]", "# ", "- ",
        "1. ", "**", "*", "\n", "\n\n", "\r", "[x](/a/)", "[x](javascript:a)", "[x](//e.test)",
        "<b>", "<script>", "<!--", "![x](y)", "`", "|", "> ", "\\", '"', "'", "\x00", "\u2028",
        "a word. ",
    ]
)  # fmt: skip
bodies = st.lists(st.one_of(fragments, st.text(max_size=8)), max_size=25).map("".join)


def rendered(text, references=None, **options):
    references = References() if references is None else references
    cite = references.citer(Source(slug=slug) for slug in SOURCES)
    return prose.render(text, cite, **options)


def messages_of(body):
    errors = prose.check(body, sources=SOURCES, symptoms=SYMPTOMS, figures=FIGURES)
    return [(error.line, error.message) for error in errors]


def test_citation_becomes_a_numbered_link_right_after_the_full_stop():
    assert rendered("So it is. [@one; @two] And on.") == (
        '<p>So it is.<a class="cite" id="ref-1-1" href="#src-1" aria-label="Source 1">1</a>&nbsp;'
        '<a class="cite" id="ref-2-1" href="#src-2" aria-label="Source 2">2</a> And on.</p>\n'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](/foods/)", '<p><a href="/foods/">a</a></p>\n'),
        ("[a](https://e.test/x)", '<p><a href="https://e.test/x">a</a></p>\n'),
        ("[a](//e.test)", '<p><a href="//e.test">a</a></p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("So it is. [@nope]", "<p>So it is.</p>\n"),
        ("# a\n\n## b\n\n### c\n\n#### d", "<h3>a</h3>\n<h3>b</h3>\n<h3>c</h3>\n<h4>d</h4>\n"),
    ],
)
def test_links_leave_no_script_and_headings_rank_below_the_section(text, html):
    assert rendered(text) == html


TABLE = "| Who | Found |\n| --- | --- |\n| Older & wiser | **Little** [@one] |"


def test_table_has_a_caption_headings_of_rows_and_labels_for_cards():
    assert rendered(TABLE, kind="table", caption="What & where") == (
        '<table class="table"><caption>What &amp; where</caption>\n'
        '<thead>\n<tr>\n<th scope="col">Who</th>\n<th scope="col">Found</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<th scope="row">Older &amp; wiser</th>\n<td data-label="Found"><div>'
        '<strong>Little</strong><a class="cite" id="ref-1-1" href="#src-1" aria-label="Source 1">1'
        "</a></div></td>\n</tr>\n</tbody>\n</table>\n"
    )


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("a\n\nb [@nope]", 3, "no source “nope”"),
        ("a [@one, @two]", 1, "is not a citation"),
        ("a [@one", 1, "is not a citation"),
        ("a\n[[tablet]]", 2, "no block “tablet”"),
        ("[[callout]]\nx\n[[/callout]]", 1, "[[callout caution]] or [[callout note]]"),
        ("[[callout note]]\nx", 1, "is not closed"),
        ("[[callout note]]\n\n[[/callout]]", 1, "holds nothing"),
        ("x\n[[/steps]]", 2, "closes nothing"),
        ("[[steps]]\n- a\n[[/steps]]", 1, "numbered list"),
        ("[[callout note]]\n[[red-flags]]\n[[/callout]]", 1, "is not closed"),
        ("[[questions]]\nWhy?\n[[/questions]]", 1, "each after ###"),
        ("[[questions]]\n### Why?\n### How?\nSo.\n[[/questions]]", 1, "each after ###"),
        ("[[table]]\n| a |\n|---|\n| b |\n[[/table]]", 1, "with a title"),
        ("[[table t]]\n| a |\n[[/table]]", 1, "holds one table"),
        ("| a |\n| --- |\n| b |", 2, "between [[table title]]"),
        ("[[table t]]\n| a | b |\n|---|---|\n| c |\n[[/table]]", 1, "holds one table"),
        ("[[figure nose]]", 1, "names a picture, and there is none called “nose”"),
        ("[[other-causes hiccups]]", 1, "none called “hiccups”"),
        ("[[red-flags all]]", 1, "It is written [[red-flags]]."),
        ("[[comparison-table]]", 1, "[[comparison-table core]]"),
        ("see [[red-flags]]", 1, "on a line of its own"),
        ("a\r\n\r\n# b", 3, "heading"),
        ("## b", 1, "heading"),
        ("a\n<div>", 2, "HTML"),
        ("![a](b.png)", 1, "A picture is shown by [[picture slug]]"),
    ],
)
def test_fault_is_reported_with_its_line(body, line, words):
    faults = messages_of(body)

    assert faults[0][0] == line
    assert words in faults[0][1]


@given(bodies)
@example("[[steps]]\n1. a [@one]\n   - b\n\n\t> c\n")
@example("[a [@one](/x/) [@two]](/y/)")
def test_every_body_can_be_checked_and_none_breaks_the_page(body):
    lines = body.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    faults = messages_of(body)
    assert all(1 <= line <= lines and message.endswith(".") for line, message in faults)
    assert faults == sorted(faults)

    references = References()
    parts = [
        rendered(block.text, references, kind=block.kind, caption=block.argument)
        for block in prose.split(body)
    ]
    page = HttpResponse("".join(parts))
    tags = [(element.tag, element.attrib) for element in parse(page).iter()][1:]
    strange = [(tag, names) for tag, names in tags if not set(names) <= ALLOWED.get(tag, {None})]
    assert strange == []
    addresses = [names["href"] for tag, names in tags if tag == "a" and "href" in names]
    assert not any(re.match(r"\s*(javascript|data|vbscript):", link, re.I) for link in addresses)
    anchors = [names["id"] for tag, names in tags if "id" in names]
    assert sorted(anchors) == sorted(
        f"ref-{reference.number}-{count + 1}"
        for reference in references
        for count in range(reference.citations)
    )


def test_hard_word_is_explained_at_its_first_use_on_a_page():
    glossary = prose.Glossary()
    first = rendered("Low iron can cause anaemia.", glossary=glossary)
    again = rendered("Anaemia can be silent.", glossary=glossary)
    longer = rendered("People with pernicious anaemia.", glossary=glossary)

    assert 'popovertarget="term-anaemia">anaemia</button></dfn>' in first
    assert re.search(r'<span class="meaning" id="term-anaemia" popover[^>]*>A low blood', first)
    assert again == "<p>Anaemia can be silent.</p>\n"
    assert ">pernicious anaemia</button>" in longer


def test_word_with_an_explanation_or_a_link_is_not_explained():
    for text in (
        "Twitches (fasciculations) are common.",
        "Without anaemia (a low blood count).",
        "See [tetany](/symptoms/tetany/).",
        "**Tetany**: muscles stay tight. Tetany can be an emergency.",
        "### Anaemia",
        "Dystetany is no word.",
    ):
        assert "<dfn>" not in rendered(text, glossary=prose.Glossary()), text
