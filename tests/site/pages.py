"""Read a page: its elements, and their text and links."""

from html.parser import HTMLParser
from xml.etree.ElementTree import TreeBuilder

# Tags without an end.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "rect", "use"}


class _Page(HTMLParser):
    """Build the tree of a page, without the text of its scripts."""

    def __init__(self, html):
        super().__init__()
        self.builder, self.open = TreeBuilder(), []
        self.handle_starttag("page", [])
        self.feed(html)
        self.close()
        self.handle_endtag("page")

    def handle_starttag(self, tag, attributes):
        self.builder.start(tag, {name: value or "" for name, value in attributes})
        self.open.append(tag)
        if tag in VOID:
            self.builder.end(self.open.pop())

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert tag == self.open.pop(), f"</{tag}> closes another element."
            self.builder.end(tag)

    def handle_data(self, data):
        if not self.cdata_elem:
            self.builder.data(data)


def parse(response):
    return _Page(response.text).builder.close()


def _elements(response, wanted):
    page = parse(response)
    return [page] if wanted is None else [e for e in page.iter() if e.get("id") == wanted][:1]


def text_of(response, wanted=None):
    """Return the text of the element with an id, or of the whole page, in single spaces."""
    elements = _elements(response, wanted)
    return " ".join(" ".join(text for e in elements for text in e.itertext()).split())


def links_of(response, wanted=None):
    """Return the links in the element with an id, in their order."""
    return [link.get("href") for e in _elements(response, wanted) for link in e.iter("a")]
