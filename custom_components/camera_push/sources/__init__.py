"""The systems that push: one folder each, and one line each here."""

from typing import Final

from .base import Source
from .ff import FF
from .omni import OMNI
from .vstarcam import VSTARCAM
from .vxg import VXG

SOURCES: Final[dict[str, Source]] = {source.info.key: source for source in (VSTARCAM, FF, OMNI, VXG)}
