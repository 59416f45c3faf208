"""What a test reads off a page: an element by its id, its text, its links."""

from html.parser import HTMLParser

# Tags without an end of their own, and drawings, which hold no words.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "rect", "use"}


class _Element(HTMLParser):
    """Collects the text and the links inside the element with an id."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted, self.depth, self.words, self.links = wanted, 0, [], []
        self.is_data = False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.is_data = tag == "script"
        if self.depth:
            if tag == "a":
                self.links.append(attributes.get("href"))
            self.depth += tag not in VOID
        elif self.wanted is None or attributes.get("id") == self.wanted:
            self.depth = 1

    def handle_startendtag(self, tag, attributes):
        if self.depth and tag == "a":
            self.links.append(dict(attributes).get("href"))

    def handle_endtag(self, tag):
        self.is_data = False
        if self.depth and tag not in VOID:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth and not self.is_data:
            self.words.append(data)


def _element(response, wanted):
    parser = _Element(wanted)
    html = response.content.decode()
    parser.feed(html if wanted else f"<main>{html}</main>")
    return parser


def text_of(response, wanted=None):
    """Return the text of the element with an id, or of the whole answer, in single spaces."""
    return " ".join(" ".join(_element(response, wanted).words).split())


def links_of(response, wanted=None):
    """Return the links in the element with an id, in their order."""
    return _element(response, wanted).links
