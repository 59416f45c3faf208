"""When a request has arrived as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrisite.workers import LARGEST, is_whole

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 5\r\nA: b\r\n\r\nabcde"
CHUNKS = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"


@pytest.mark.parametrize("request_sent", [GET, POST, CHUNKS], ids=["get", "post", "chunks"])
def test_request_is_whole_with_its_last_byte_and_not_before(request_sent):
    wholes = [size for size in range(len(request_sent) + 1) if is_whole(request_sent[:size])]

    assert wholes == [len(request_sent)]


def test_request_that_is_too_long_to_wait_for_is_handed_over():
    head = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LARGEST

    assert is_whole(head)
    assert is_whole(b"x" * LARGEST)


@given(st.binary(max_size=400))
def test_no_bytes_are_more_than_it_can_judge(data):
    assert is_whole(data) in (True, False)
    assert is_whole(data + b"x" * LARGEST)
