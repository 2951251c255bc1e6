"""The module with the cards: how it is served, and how Home Assistant's frontend gets to know of it."""

from collections.abc import Awaitable, Callable
import gzip
import json
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientSession
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.frontend.bundle import PATH, read_bundle

type Add = Callable[[str], Awaitable[ConfigEntry]]

URL = re.compile(rf"^{re.escape(PATH)}\?v=[0-9a-f]{{12}}$")
OTHERS = [
    {"id": "one", "type": "module", "url": "/local/one.js"},
    {"id": "two", "type": "css", "url": "/local/two.css"},
]


def stored(items: list[dict]) -> dict:
    return {"version": 1, "minor_version": 1, "key": "lovelace_resources", "data": {"items": items}}


async def set_up(hass: HomeAssistant, config: dict | None = None) -> None:
    """Set up dashboards, as Home Assistant does before the integration."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": config or {}})


def resources(hass: HomeAssistant) -> list[dict]:
    return hass.data[LOVELACE_DATA].resources.async_items()


def own(hass: HomeAssistant) -> list[dict]:
    return [item for item in resources(hass) if item["url"].startswith(PATH)]


async def test_module_is_served_with_its_type_and_for_ever_under_its_version(
    add_entry: Add, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await add_entry("vstarcam")
    client = await hass_client_no_auth()
    response = await client.get(read_bundle().url)
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert await response.read() == read_bundle().content

    response = await client.get(f"{PATH}?v=older")
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-cache"


async def test_module_is_compressed_for_browsers(
    add_entry: Add, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await add_entry("vstarcam")
    client = await hass_client_no_auth()
    async with (
        ClientSession(auto_decompress=False) as session,
        session.get(client.make_url(PATH), headers={"Accept-Encoding": "gzip, br"}) as response,
    ):
        assert response.headers["Content-Encoding"] == "gzip"
        body = await response.read()
    assert gzip.decompress(body) == read_bundle().content
    assert len(body) < 50_000


async def test_resource_is_added_beside_those_of_the_user(
    hass: HomeAssistant, add_entry: Add, hass_storage: dict
) -> None:
    hass_storage["lovelace_resources"] = stored(OTHERS)
    await set_up(hass)
    await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert resources(hass)[:2] == OTHERS
    (resource,) = own(hass)
    assert URL.match(resource["url"])
    assert resource["type"] == "module"

    await add_entry("ff")
    await hass.async_block_till_done()
    assert len(own(hass)) == 1


async def test_resource_is_added_when_dashboards_are_set_up_later(
    hass: HomeAssistant, add_entry: Add
) -> None:
    await add_entry("vstarcam")
    await set_up(hass)
    await hass.async_block_till_done()
    assert len(own(hass)) == 1


async def test_update_changes_the_version_of_the_resource(
    hass: HomeAssistant, add_entry: Add, hass_storage: dict
) -> None:
    older = {"id": "ours", "type": "module", "url": f"{PATH}?v=000000000000"}
    hass_storage["lovelace_resources"] = stored([*OTHERS, older])
    hass_storage[f"{DOMAIN}.frontend"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.frontend",
        "data": {"resource_id": "ours"},
    }
    await set_up(hass)
    await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert resources(hass) == [*OTHERS, {**older, "url": read_bundle().url}]


async def test_last_entry_takes_its_resource_with_it(
    hass: HomeAssistant, add_entry: Add, hass_storage: dict
) -> None:
    hass_storage["lovelace_resources"] = stored(OTHERS)
    await set_up(hass)
    first, second = await add_entry("vstarcam"), await add_entry("ff")
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(first.entry_id)
    assert len(own(hass)) == 1
    await hass.config_entries.async_remove(second.entry_id)
    assert resources(hass) == OTHERS
    assert f"{DOMAIN}.frontend" not in hass_storage

    await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert len(own(hass)) == 1


async def test_resource_of_the_user_is_left_alone(
    hass: HomeAssistant, add_entry: Add, hass_storage: dict
) -> None:
    mine = [{"id": "mine", "type": "module", "url": f"{PATH}?v=mine"}]
    hass_storage["lovelace_resources"] = stored(mine)
    await set_up(hass)
    entry = await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert resources(hass) == mine
    await hass.config_entries.async_remove(entry.entry_id)
    assert resources(hass) == mine


@pytest.fixture
def frontend(hass: HomeAssistant) -> set[str]:
    """Stand for the frontend, whose packages are not needed here: the modules that pages load."""
    modules: Any = set()
    hass.data[DATA_EXTRA_MODULE_URL] = modules
    hass.config.components.add("frontend")
    return modules


async def test_resources_in_yaml_are_not_written_but_pages_load_the_module(
    hass: HomeAssistant, add_entry: Add, frontend: set[str]
) -> None:
    await set_up(hass, {"resource_mode": "yaml", "resources": []})
    entry = await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert frontend == {read_bundle().url}
    await hass.config_entries.async_remove(entry.entry_id)
    assert frontend == set()


async def test_module_that_yaml_lists_is_not_loaded_twice(
    hass: HomeAssistant, add_entry: Add, frontend: set[str]
) -> None:
    await set_up(hass, {"resource_mode": "yaml", "resources": [{"url": f"{PATH}?v=mine", "type": "module"}]})
    await add_entry("vstarcam")
    await hass.async_block_till_done()
    assert frontend == set()


async def test_integration_does_without_frontend_and_dashboards(hass: HomeAssistant, add_entry: Add) -> None:
    entry = await add_entry("vstarcam")
    assert "lovelace" not in hass.config.components
    assert "frontend" not in hass.config.components
    assert await hass.config_entries.async_remove(entry.entry_id)


def test_module_is_small() -> None:
    assert len(read_bundle().content) < 125_000
    lock = json.loads((Path(__file__).parents[2] / "frontend" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
