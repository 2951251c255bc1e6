"""JSON objects in a stream of bytes, cut anywhere."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.errors import ProtocolError, Refusal
from custom_components.camera_push.domain.json_stream import JsonObjects

MIB = 1024 * 1024

objects = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.text(max_size=12) | st.integers() | st.none() | st.sampled_from(['"', "\\", "}{", '\\"', "é😀"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def new() -> JsonObjects:
    return JsonObjects(MIB)


def fed(stream: JsonObjects, data: bytes, piece: int = 1 << 30) -> list[bytes]:
    """Return the objects that are complete once bytes were fed, in pieces."""
    found = []
    for start in range(0, len(data), piece):
        stream.feed(data[start : start + piece])
        while (text := stream.next()) is not None:
            found.append(text)
    return found


def encode(values: list, between: bytes, *, ascii_only: bool = False) -> bytes:
    return between.join(json.dumps(value, ensure_ascii=ascii_only).encode() for value in values)


def decode(found: list[bytes]) -> list:
    return [json.loads(text) for text in found]


@given(
    st.lists(objects, min_size=1, max_size=5),
    st.sampled_from([b"", b"\n", b"\r\n", b"\0", b" \t ", b",", b"\n\0\n"]),
    st.booleans(),
    st.lists(st.integers(0, 500), max_size=10),
)
def test_any_objects_cut_anywhere(values: list, between: bytes, ascii_only: bool, cuts: list[int]) -> None:
    data = encode(values, between, ascii_only=ascii_only)
    stream = new()
    found = []
    start = 0
    for cut in (*sorted(cuts), len(data)):
        found += fed(stream, data[start:cut])
        start = max(start, min(cut, len(data)))
    assert decode(found) == values
    assert stream.pending == 0


def test_cut_at_every_byte() -> None:
    values = [{"a": 'quote " brace } back \\'}, {"é😀": {"b": ["{", "}"]}}, {}]
    data = encode(values, b"")
    for cut in range(len(data) + 1):
        stream = new()
        assert decode(fed(stream, data[:cut]) + fed(stream, data[cut:])) == values
    stream = new()
    assert decode(fed(stream, data, 1)) == values


def test_list_of_objects_is_its_objects() -> None:
    values = [{"a": 1}, {"b": [2]}]
    assert decode(fed(new(), json.dumps(values).encode())) == values


@pytest.mark.parametrize("between", [b"", b"\n\0 [,]"], ids=["first", "after white space"])
@pytest.mark.parametrize("garbage", [b"x", b"}", b'"', b"1", b"\xef\xbb\xbf", b"\x15\x03\x01", b"hello {}"])
def test_nothing_else_between_objects(between: bytes, garbage: bytes) -> None:
    stream = new()
    assert fed(stream, b"{}" + between) == [b"{}"]
    with pytest.raises(ProtocolError) as error:
        # The first byte says it.
        fed(stream, garbage + b'{"a":1}', 1)
    assert error.value.refusal is Refusal.FORMAT


@pytest.mark.parametrize(
    "request_line", ["GET / HTTP/1.1", "POST /a HTTP/1.1", "OPTIONS * HTTP/1.0", "P", "\x16\x03\x01"]
)
def test_http_is_named(request_line: str) -> None:
    with pytest.raises(ProtocolError) as error:
        fed(new(), request_line.encode())
    assert error.value.refusal is Refusal.HTTP


def test_white_space_is_no_garbage() -> None:
    stream = new()
    for _ in range(100):
        assert fed(stream, b" \n\0," * 1000) == []
    assert stream.pending == 0


@pytest.mark.parametrize("data", [b'{"a":"' + b"x" * MIB, b'{"a":"' + b"\\\\" * MIB, b'{"a":' + b" " * MIB])
def test_too_large(data: bytes) -> None:
    with pytest.raises(ProtocolError) as error:
        fed(new(), data, 64 * 1024)
    assert error.value.refusal is Refusal.SIZE


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    stream = JsonObjects(200)
    try:
        found = fed(stream, data)
    except ProtocolError:
        return
    assert all(text.startswith(b"{") and text.endswith(b"}") for text in found)


@pytest.mark.parametrize("data", [b"{" * 40, b'{"a":' + b'{"b":' * 40, b"{" + b"{}" * 200_000])
def test_too_many_objects_inside(data: bytes) -> None:
    with pytest.raises(ProtocolError) as error:
        fed(new(), data, 16 * 1024)
    assert error.value.refusal is Refusal.SIZE


def test_texts_of_any_length_and_with_any_escapes() -> None:
    for size in (0, 1, 63, 64, 65, 200, 20_000):
        for text in ("x" * size, '"' * size, "\\" * size, '\\"' * size, "x" * size + "\\"):
            data = json.dumps({"a": text, "b": {text: "}"}}).encode()
            for piece in (7, 1000, 1 << 30):
                assert decode(fed(new(), data + data, piece)) == [json.loads(data)] * 2
