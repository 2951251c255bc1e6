"""A process that stores and is killed: a package, so that this runs before the store is imported.

Importing the integration imports Home Assistant's components with it: 4 seconds for each process. The store
needs none of them; a bare package takes the integration's place.
"""

from pathlib import Path
import sys
from types import ModuleType

_NAME = "custom_components.camera_push"

_bare = ModuleType(_NAME)
_bare.__path__ = [str(Path(__file__).parents[3].joinpath(*_NAME.split(".")))]
sys.modules[_NAME] = _bare
