"""JSON texts that are so large that they are parsed in parts."""

from base64 import b64encode
from contextlib import contextmanager, nullcontext
import json
import re
from unittest.mock import patch

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain import json_body
from custom_components.camera_push.domain.base64_text import decode_base64
from custom_components.camera_push.domain.errors import ProtocolError, Refusal
from custom_components.camera_push.domain.json_body import parse_json

MIB = 1024 * 1024

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.sampled_from("abcde"), children),
    max_leaves=20,
)


@contextmanager
def in_parts():
    """Have every text that is a little longer parsed by itself."""
    short = re.compile(rb'(?:[^"]++|"[^"\\]{0,2}+")*+')
    with patch.multiple(json_body, _WHOLE_BYTES=0, _LONG_BYTES=6, _SHORT=short, _SCANNED_BYTES=7):
        yield


@given(json_values, st.booleans())
def test_large_json_is_what_the_standard_library_says(value, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    with in_parts():
        assert parse_json(data) == value


@given(st.text(alphabet='[]",0NaN\\u dD8', max_size=60).map(str.encode))
def test_large_json_is_accepted_where_small_json_is(data: bytes) -> None:
    found = []
    for parts in (nullcontext(), in_parts()):
        with parts:
            try:
                found.append(parse_json(data))
            except ProtocolError as err:
                found.append(str(err.refusal))
    assert found[0] == found[1]


@pytest.mark.parametrize("text", ["NaN", '{"a": NaN, "b": "%s"}', '["%s", NaN]', "[NaN]%s", '{"%s": 1} NaN'])
def test_placeholder_of_a_long_text_is_no_json(text: str) -> None:
    with pytest.raises(ProtocolError, match="not valid JSON"), in_parts():
        parse_json(text.replace("%s", "x" * 20).encode())


def test_large_json_has_its_limits() -> None:
    picture = "A" * 15 * MIB
    assert parse_json(json.dumps({"a": picture, "b": [picture]}).encode()) == {"a": picture, "b": [picture]}
    for data in (
        '{"a": "' + "A" * 16 * MIB + '"}',
        "[" + '"' + "\\/" * 9 * MIB + '"]',
        "[" + "1" * 5 * MIB + "]",
    ):
        with pytest.raises(ProtocolError) as error:
            parse_json(data.encode())
        assert error.value.refusal is Refusal.SIZE
    with pytest.raises(ProtocolError, match="half a character"):
        parse_json(('{"a": "' + "A" * MIB + '\\ud800"}').encode())


@given(
    st.lists(
        st.sampled_from(
            ["A" * 12, "B" * 50, "\r\n", "/", '"', "\\", "\\" * 40, "\u00e9", "\U0001f600", "x\n" * 20]
        ),
        min_size=1,
    ),
    st.booleans(),
)
def test_pictures_are_read_piece_by_piece(pieces: list[str], ascii_only: bool) -> None:
    text = "".join((pieces * 2000)[:2000])
    data = json.dumps([text], ensure_ascii=ascii_only).encode()
    with patch.multiple(json_body, _WHOLE_BYTES=0, _PIECE_BYTES=3000):
        try:
            assert parse_json(data) == [text]
        except ProtocolError as err:
            # Nowhere is a place to cut it: that is no picture.
            assert err.refusal is Refusal.SIZE
            assert not any(piece[:1] in "AB" for piece in pieces)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, MIB - 1, MIB, MIB + 1, 3 * MIB + 2])
def test_base64_of_any_length(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    text = b64encode(data[:size]).decode()
    lines = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    assert decode_base64(text) == decode_base64(lines) == decode_base64(f" {text}\n") == data[:size]


@pytest.mark.parametrize(
    "text", ["A", "AB", "A===", "AA=A", "AAA=AAAA", "A" * MIB + "AA==AAAA", "AAA\u00e9", "%%%%", "AAAAA==="]
)
def test_what_is_no_base64(text: str) -> None:
    with pytest.raises(ProtocolError) as error:
        decode_base64(text)
    assert error.value.refusal is Refusal.PICTURE
