"""Hostile values, each of a different kind, as the bytes that are sent."""

# A lone surrogate, an overlong slash, a byte that begins no letter, and a part of a letter.
NOT_UTF8 = [b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"a\xe2\x82"]
CONTROL = [b"\0", b"a\0b", b"\x1b[2J\x7f", "\u202e\u2066".encode(), b"\r\nX-Evil: 1"]
NUMBERS = [
    *(b"-1", b"0", b"9" * 19, str(9**99).encode(), b"1e400", b"NaN", b"-Infinity", b"1_000"),
    *("٣".encode(), "½".encode()),
]
DATES = [b"0000-00-00", b"9999-12-31", b"99999-01-01", b"2026-02-30"]
JSON = [b'{"a":', b"[" * 500, b"null"]
MARKUP = [
    b"<script>alert(1)</script>",
    b"\"><svg onload=alert(1)>'",
    b"{{ 7|add:7 }}{% debug %}",
    b"javascript:alert(1)",
    b"//evil.example/",
]
QUERIES = [b"'; DROP TABLE x; --", b'"open NEAR(a* OR', b"../../etc/passwd", b"=1+1"]
NASTY = [b"", *NOT_UTF8, *CONTROL, *NUMBERS, *DATES, *JSON, *MARKUP, *QUERIES]
