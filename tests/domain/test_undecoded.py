"""What is shown of something that could not be read: its structure, and no word of what it says."""

import re

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.undecoded import is_markup, masked_structure, masked_text

XML = """<?xml version="1.0" encoding='UTF-8'?><!DOCTYPE anpr SYSTEM "http://Host7/a.dtd">
<u:anpr xmlns:u = "urn:x" plate=AB12CDE Secret owner='Jane "J" Doe' note="a < b > c">
<!-- seen by Gate-7 <vrm>AB12 CDE</vrm> --><vrm confidence="87"/>AB12 CDE &eacute; ÉЖ٤
<AB12CDE>1</AB12CDE><speed_limit>50</speed_limit><x1 y2="z">Gate</x1><![CDATA[<vrm>AB12</vrm>]]></u:anpr>"""
MASKED = """<?xml version="9.9" encoding='AAA-9'?><!AAAAAAA aaaa AAAAAA "aaaa://Aaaa9/a.aaa">
<u:anpr xmlns:u = "aaa:a" plate=AA99AAA Aaaaaa owner='Aaaa "A" Aaa' note="a < a > a">
<!-- aaaa aa Aaaa-9 <aaa>AA99 AAA</aaa> --><vrm confidence="99"/>AA99 AAA &aaaaaa; AA9
<AA99AAA>9</AA99AAA><speed_limit>99</speed_limit><a9 a9="a">Aaaa</a9><![AAAAA[<aaa>AA99</aaa>]]></u:anpr>"""


def test_xml() -> None:
    assert masked_text(XML.encode()) == MASKED


@pytest.mark.parametrize(
    "text", ["<!-- AB12 CDE", "<vrm plate='AB12 CDE", "<a><![CDATA[AB12", "AB12 CDE", "<AB12", "<a AB12"]
)
def test_what_is_cut_off_says_nothing_either(text: str) -> None:
    assert "AB12" not in masked_text(text.encode())


@given(st.text(alphabet="<>!-?/=\"' [CDATA]aB7\n", max_size=200))
def test_values_are_masked(text: str) -> None:
    shown = masked_text(text.encode())
    assert len(shown) == len(text)
    # Only names are shown: the letters in them, and no digit at all.
    assert not set(shown) & set("7BCDT") or re.search(r"</?\??[A-Za-z-]+|[A-Za-z-]+\s*=", shown)
    assert "7" not in shown


@given(st.text(max_size=300))
def test_length_is_kept(text: str) -> None:
    assert len(masked_text(text.encode("utf-8", "surrogatepass"))) >= len(text.strip("\ufeff"))


@pytest.mark.parametrize(("body", "expected"), [(b"\xef\xbb\xbf \n<a/>", True), (b"{}", False), (b"", False)])
def test_markup(body: bytes, expected: bool) -> None:
    assert is_markup(body) is expected


def test_structure() -> None:
    assert masked_structure(b"<a>Hello</a>", "application/xml; charset=x") == {
        "type": "application/xml",
        "bytes": 12,
        "text": "<a>Aaaaa</a>",
    }
    assert masked_structure(b"", "AB12/CDE34") == {"type": "name of 4/name of 5", "bytes": 0}
    assert len(masked_structure(b"\xff" * 100_000, "")["text"]) == 4096
