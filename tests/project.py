"""Files of the repository that tests read."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components" / "camera_push"
ENGLISH = json.loads((INTEGRATION / "translations" / "en.json").read_text())
