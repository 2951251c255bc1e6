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
    return JsonObjects(MIB, 1024)


def feed(stream: JsonObjects, data: bytes, piece: int) -> None:
    for start in range(0, len(data), piece):
        stream.feed(data[start : start + piece])


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
        found += stream.feed(data[start:cut])
        start = max(start, min(cut, len(data)))
    assert decode(found) == values
    assert stream.pending == 0


def test_cut_at_every_byte() -> None:
    values = [{"a": 'quote " brace } back \\'}, {"é😀": {"b": ["{", "}"]}}, {}]
    data = encode(values, b"")
    for cut in range(len(data) + 1):
        stream = new()
        assert decode(stream.feed(data[:cut]) + stream.feed(data[cut:])) == values
    stream = new()
    assert decode([text for byte in data for text in stream.feed(bytes([byte]))]) == values


def test_list_of_objects_is_its_objects() -> None:
    values = [{"a": 1}, {"b": [2]}]
    assert decode(new().feed(json.dumps(values).encode())) == values


def test_some_garbage_before_an_object() -> None:
    stream = new()
    assert decode(stream.feed(b"\xef\xbb\xbfhello!\r\n" + b'{"a":1}')) == [{"a": 1}]
    # Each object has it anew.
    assert decode(stream.feed(b"x" * 1000 + b'{"a":2}' + b"x" * 1000 + b'{"a":3}')) == [{"a": 2}, {"a": 3}]


@pytest.mark.parametrize("piece", [1, 100, 5000])
def test_too_much_garbage(piece: int) -> None:
    with pytest.raises(ProtocolError) as error:
        feed(new(), b"x" * 1025, piece)
    assert error.value.refusal is Refusal.FORMAT


def test_white_space_is_no_garbage() -> None:
    stream = new()
    for _ in range(100):
        assert stream.feed(b" \n\0" * 1000) == []
    assert stream.pending == 0


@pytest.mark.parametrize("data", [b'{"a":"' + b"x" * MIB, b"{" * (MIB + 1)])
def test_too_large(data: bytes) -> None:
    with pytest.raises(ProtocolError) as error:
        feed(new(), data, 64 * 1024)
    assert error.value.refusal is Refusal.SIZE


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    stream = JsonObjects(200, 50)
    try:
        found = stream.feed(data)
    except ProtocolError:
        return
    assert all(text.startswith(b"{") and text.endswith(b"}") for text in found)
