"""Every automation in README.md and docs/ is loaded by Home Assistant, without a warning."""

import re

from homeassistant.util.yaml import load_yaml, parse_yaml
import pytest

from tests.automations.helpers import add_automations, complaints
from tests.repository.files import ROOT

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"^( *)```yaml\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL)
]
README = [
    content
    for indent, block in BLOCKS
    if "triggers" in (content := parse_yaml("\n".join(it.removeprefix(indent) for it in block.splitlines())))
]
DOCS = load_yaml(str(ROOT / "docs" / "automations.yaml"))


def test_there_are_some() -> None:
    assert len(README) >= 4
    assert len(DOCS) >= 7
    used = {trigger["trigger"] for it in [*README, *DOCS] for trigger in it["triggers"]}
    ours = {name for name in used if name.startswith("camera_push.")}
    assert len(ours) >= 6


@pytest.mark.parametrize("automation", [*README, *DOCS], ids=lambda it: it["alias"])
async def test_loads_without_a_warning(hass, vstarcam_entry, caplog, automation) -> None:
    await add_automations(hass, [automation])
    assert not complaints(caplog)
    # In its debug mode asyncio tells what took long, with paths of files: ours on a slow machine.
    assert "camera_push" not in " ".join(
        record.getMessage()
        for record in caplog.records
        if record.levelname in ("WARNING", "ERROR") and record.name != "asyncio"
    )
