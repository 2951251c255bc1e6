"""What something from the network looks like, without what it says: for diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

# Enough to see what a sender does; a flood of refusals must stay cheap.
_MAX_DEPTH: Final = 4
_MAX_ITEMS: Final = 40
_MAX_NAME: Final = 40


def shape(value: Any, depth: int = _MAX_DEPTH) -> Any:
    """Return a JSON value with kinds and lengths in the place of its contents.

    Keys stay as they are, as far as they are names; of a list, the first item stands for all.
    """
    if isinstance(value, dict):
        if depth == 0:
            return f"object of {len(value)}"
        return {name(key): shape(value[key], depth - 1) for key in list(value)[:_MAX_ITEMS]}
    if isinstance(value, list):
        if depth == 0 or not value:
            return f"list of {len(value)}"
        return [shape(value[0], depth - 1), f"{len(value)} in all"]
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    return f"text of {len(value)}" if isinstance(value, str) else "number"


def name(text: str) -> str:
    """Return a key or part name as it may be shown: one that is no name is somebody's data."""
    is_name = len(text) <= _MAX_NAME and text.replace("_", "").replace("-", "").isalpha() and text.isascii()
    return text if is_name else f"name of {len(text)}"


@dataclass(slots=True)
class SeenPart:
    """What of a part of a form was seen."""

    name: str
    content_type: str
    bytes: int = 0

    def shape(self) -> dict[str, Any]:
        """Return what it looks like."""
        return {"name": name(self.name), "type": name_of_type(self.content_type), "bytes": self.bytes}


@dataclass(slots=True)
class Seen:
    """What of a push was seen before it was accepted or refused; `text` is masked already."""

    value: Any = None
    text: str | None = None
    parts: list[SeenPart] = field(default_factory=list)

    def part(self, part_name: str, content_type: str) -> SeenPart:
        """Note a part of a form; its size is filled in as it comes."""
        found = SeenPart(part_name, content_type)
        self.parts.append(found)
        return found

    def shape(self) -> dict[str, Any]:
        """Return what it looks like."""
        found: dict[str, Any] = {}
        if self.parts:
            found["parts"] = [part.shape() for part in self.parts[:_MAX_ITEMS]]
        if self.value is not None:
            found["json"] = shape(self.value)
        if self.text is not None:
            found["text"] = self.text
        return found


def name_of_type(content_type: str) -> str:
    """Return a media type as it may be shown, without its parameters."""
    kind, _, sub = content_type.partition(";")[0].strip().lower().partition("/")
    return f"{name(kind)}/{name(sub.replace('.', '-').replace('+', '-'))}" if kind else ""
