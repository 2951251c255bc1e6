"""Repairs through the API that the frontend uses."""

import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.camera_push.const import DOMAIN
from tests.repository.files import ENGLISH

FIX = "/api/repairs/issues/fix"


def the_issue(hass: HomeAssistant, kind: str) -> ir.IssueEntry:
    """Return the one issue of a kind."""
    (issue,) = [issue for issue in ir.async_get(hass).issues.values() if issue.translation_key == kind]
    return issue


async def start(client, hass: HomeAssistant, kind: str) -> dict:
    """Start the repair of the one issue of a kind, and return its first form."""
    issue = the_issue(hass, kind)
    assert issue.is_fixable
    response = await client.post(FIX, json={"handler": DOMAIN, "issue_id": issue.issue_id})
    result = await response.json()
    check_texts(kind, result)
    return result


async def submit(client, hass: HomeAssistant, flow: dict, kind: str) -> dict:
    """Submit a form."""
    result = await (await client.post(f"{FIX}/{flow['flow_id']}", json={})).json()
    await hass.async_block_till_done()
    if result["type"] == "form":
        check_texts(kind, result)
    return result


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return set(re.findall(r"{(\w+)}", text))


def check_texts(kind: str, result: dict) -> None:
    """Everything in a form has its text, and every placeholder its value."""
    texts = ENGLISH["issues"][kind]["fix_flow"]
    step = texts["step"][result["step_id"]]
    assert placeholders(step["description"] + step["title"]) <= set(result["description_placeholders"] or {})
    assert set((result["errors"] or {}).values()) <= set(texts.get("error", {}))
