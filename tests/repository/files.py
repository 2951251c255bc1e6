"""The repository's files that several tests read."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "camera_push"
TRANSLATIONS = INTEGRATION / "translations"
ENGLISH = json.loads((TRANSLATIONS / "en.json").read_text())
