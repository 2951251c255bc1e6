"""The structure of a push that could not be decoded, without its content: for diagnostics.

What it is made of stays (names of fields, elements and attributes, kinds and lengths of values), so that
somebody can teach us to read it; every letter and digit of what a camera saw is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
import re
from typing import Any, Final

from .errors import ProtocolError
from .json_body import Json, parse_json

# Enough to recognise a format; a flood of refusals must stay cheap.
_MAX_DEPTH: Final = 4
_MAX_ITEMS: Final = 40
_MAX_VALUES: Final = 200
_MAX_NAME: Final = 40
_MAX_TEXT: Final = 4096

# Markup that is masked as a whole, and tags; each ends with the text at the latest.
_MARKUP: Final = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[^<>]*+>?", re.DOTALL)
_IN_TAG: Final = re.compile(r"\"[^\"]*+\"?|'[^']*+'?|(?P<word>[\w:.-]++)(?=(?P<equals>\s*+=)?)")
# As plateUTF8, imageFile2 and plateISO3166-2; plates and serial numbers are not written like that.
_NAME_WITH_NUMBER: Final = re.compile(r"[a-z]{4,}[A-Za-z]*[\d-]{1,6}")
_BOM: Final = b"\xef\xbb\xbf"


def masked_structure(body: bytes, media_type: str) -> dict[str, Any]:
    """Return the structure of a body that nobody can read: its size, and its beginning with values masked."""
    found = {"type": name_of_type(media_type), "bytes": len(body)}
    return {**found, "text": masked_text(body)} if body else found


def parse_json_or_mask(body: bytes, media_type: str) -> Json:
    """Return the value in a JSON text; raises ProtocolError, with its structure, for a text that is none."""
    try:
        return parse_json(body)
    except ProtocolError as err:
        err.structure |= masked_structure(body, media_type)
        raise


def is_markup(body: bytes) -> bool:
    """Tell whether a body begins like XML, whatever its Content-Type."""
    return body.removeprefix(_BOM).lstrip().startswith(b"<")


def masked_text(body: bytes) -> str:
    """Return the beginning of a text with every letter and digit replaced by one of its kind.

    Names of elements and attributes stay: they tell the format.
    """
    # A character has four bytes at most.
    text = body.removeprefix(_BOM)[: 4 * _MAX_TEXT].decode("utf-8", "replace")[:_MAX_TEXT]
    result: list[str] = []
    end = 0
    for match in _MARKUP.finditer(text):
        result.append(_mask(text[end : match.start()]))
        result.append(_mask(match[0]) if match[0].startswith("<!") else _masked_tag(match[0]))
        end = match.end()
    result.append(_mask(text[end:]))
    return "".join(result)


def _masked_tag(tag: str) -> str:
    result: list[str] = []
    end = 0
    for match in _IN_TAG.finditer(tag):
        before = tag[end : match.start()]
        is_first = end == 0 and before in ("<", "</", "<?")
        # What follows an equals sign is a value, though it has no quotes.
        is_attribute = match["equals"] is not None and not before.rstrip().endswith("=")
        is_shown = match["word"] and (is_first or is_attribute) and _is_name(match["word"])
        result += (_mask(before), match[0] if is_shown else _mask(match[0]))
        end = match.end()
    return "".join((*result, _mask(tag[end:])))


def _mask(text: str) -> str:
    return "".join(
        character
        if not character.isalnum()
        else ("A" if character.isupper() else "a")
        if character.isalpha()
        else "9"
        for character in text
    )


def _is_name(text: str) -> bool:
    """Tell whether a text is a name that somebody gave a field, as far as one can tell: no plate, no id."""
    if len(text) > _MAX_NAME or not text.isascii():
        return False
    return re.sub("[_:.-]", "", text).isalpha() or _NAME_WITH_NUMBER.fullmatch(text) is not None


def shape(value: Any, depth: int = _MAX_DEPTH) -> Any:
    """Return a JSON value with kinds and lengths in the place of its contents.

    Keys stay as they are, as far as they are names; of a list, the first item stands for all. Of
    very many values, those that come first are shown.
    """
    return _shape(value, depth, iter(range(_MAX_VALUES)))


def _shape(value: Any, depth: int, left: Iterator[int]) -> Any:
    if isinstance(value, dict):
        if depth == 0 or next(left, None) is None:
            return f"object of {len(value)}"
        keys = [key for key, _ in zip(value, range(_MAX_ITEMS), strict=False)]
        return {
            name(key): _shape(value[key], depth - 1, left) for key in keys if next(left, None) is not None
        }
    if isinstance(value, list):
        if depth == 0 or not value:
            return f"list of {len(value)}"
        return [_shape(value[0], depth - 1, left), f"{len(value)} in all"]
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    return f"text of {len(value)}" if isinstance(value, str) else "number"


def name(text: str) -> str:
    """Return a key or part name as it may be shown: one that is no name is somebody's data."""
    return text if _is_name(text) else f"name of {len(text)}"


def name_of_type(content_type: str) -> str:
    """Return a media type as it may be shown, without its parameters."""
    kind, _, sub = content_type.partition(";")[0].strip().lower().partition("/")
    return f"{name(kind)}/{name(sub.replace('.', '-').replace('+', '-'))}" if kind else ""


@dataclass(slots=True)
class SeenPart:
    """The visible structure of a part of a form; its size is filled in as it comes."""

    name: str
    content_type: str
    bytes: int = 0

    def structure(self) -> dict[str, Any]:
        """Return its structure."""
        return {"name": name(self.name), "type": name_of_type(self.content_type), "bytes": self.bytes}


@dataclass(slots=True)
class Seen:
    """The structure of a push, noted before it is accepted or refused."""

    value: Any = None
    parts: list[SeenPart] = field(default_factory=list)

    def explain(self, error: ProtocolError, media_type: str, size: int | None) -> None:
        """Add the structure to an error that has none yet."""
        if error.structure:
            return
        error.structure |= {"type": name_of_type(media_type), "bytes": size}
        if self.parts:
            error.structure["parts"] = [part.structure() for part in self.parts[:_MAX_ITEMS]]
        if self.value is not None:
            error.structure["json"] = shape(self.value)
