"""Tells Home Assistant's frontend to load the module: as a resource of its dashboards, or with every page.

Resources are in Home Assistant's storage, or in YAML, which only the user writes. What was added is taken
back with the last entry; what the user added is left alone.
"""

import asyncio
from typing import Any, Final, TypedDict

from homeassistant.const import CONF_ID, CONF_TYPE, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_when_setup
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .bundle import Bundle, async_register_bundle, is_bundle, read_bundle

_LOVELACE: Final = "lovelace"
_FRONTEND: Final = "frontend"
_STORE_VERSION: Final = 1


class _Stored(TypedDict):
    """What is remembered: the resource that was added, by its id in Home Assistant's collection."""

    resource_id: str


class ModuleResource:
    """The module, as Home Assistant's frontend knows of it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._store = Store[_Stored](hass, _STORE_VERSION, f"{DOMAIN}.frontend")
        self._lock = asyncio.Lock()
        self._bundle: Bundle | None = None
        # Until Home Assistant's dashboards are set up.
        self._is_waiting = False
        self._extra_url: str | None = None

    async def async_add(self) -> None:
        """Serve the module, and have it loaded as soon as there are dashboards."""
        async with self._lock:
            if self._bundle is None:
                self._bundle = await self._hass.async_add_executor_job(read_bundle)
                async_register_bundle(self._hass, self._bundle)
            if self._is_waiting:
                return
            self._is_waiting = True
            url = self._bundle.url

        async def lovelace_set_up(hass: HomeAssistant, _component: str) -> None:
            await self._async_lovelace_set_up(url)

        # Where nobody opens a dashboard, there are none.
        async_when_setup(self._hass, _LOVELACE, lovelace_set_up)

    async def _async_lovelace_set_up(self, url: str) -> None:
        async def frontend_set_up(hass: HomeAssistant, _component: str) -> None:
            self._async_load_with_pages(url)

        async with self._lock:
            self._is_waiting = False
            if not self._hass.config_entries.async_entries(DOMAIN):
                return
            resources = _resources(self._hass)
            if _is_storage(resources):
                await self._async_store(resources, url)
            elif not any(is_bundle(item[CONF_URL]) for item in resources.async_items()):
                async_when_setup(self._hass, _FRONTEND, frontend_set_up)

    async def _async_store(self, resources: Any, url: str) -> None:
        """Have the resource in Home Assistant's storage, in this version."""
        # Writing into a collection that was not loaded would replace the user's resources by this one.
        await resources.async_get_info()
        items = {item[CONF_ID]: item for item in resources.async_items()}
        stored = await self._store.async_load()
        own = items.get(stored["resource_id"]) if stored is not None else None
        if own is None:
            if any(is_bundle(item[CONF_URL]) for item in items.values()):
                return
            own = await resources.async_create_item({"res_type": "module", CONF_URL: url})
            await self._store.async_save({"resource_id": own[CONF_ID]})
        elif own[CONF_URL] != url or own[CONF_TYPE] != "module":
            await resources.async_update_item(own[CONF_ID], {"res_type": "module", CONF_URL: url})

    @callback
    def _async_load_with_pages(self, url: str) -> None:
        from homeassistant.components.frontend import add_extra_js_url  # noqa: PLC0415  # Its requirements come with it.

        if self._extra_url is None and self._hass.config_entries.async_entries(DOMAIN):
            add_extra_js_url(self._hass, url)
            self._extra_url = url

    async def async_remove(self) -> None:
        """Take back what was added."""
        async with self._lock:
            if self._extra_url is not None:
                from homeassistant.components.frontend import remove_extra_js_url  # noqa: PLC0415  # Its requirements come with it.

                remove_extra_js_url(self._hass, self._extra_url)
                self._extra_url = None
            stored = await self._store.async_load()
            if stored is None:
                return
            await self._store.async_remove()
            if _LOVELACE not in self._hass.config.components:
                return
            resources = _resources(self._hass)
            if _is_storage(resources):
                await resources.async_get_info()
                if any(item[CONF_ID] == stored["resource_id"] for item in resources.async_items()):
                    await resources.async_delete_item(stored["resource_id"])


def _resources(hass: HomeAssistant) -> Any:
    from homeassistant.components.lovelace.const import LOVELACE_DATA  # noqa: PLC0415  # Its requirements come with it.

    return hass.data[LOVELACE_DATA].resources


def _is_storage(resources: Any) -> bool:
    return hasattr(resources, "async_create_item")


_RESOURCE: HassKey[ModuleResource] = HassKey(f"{DOMAIN}_frontend")


async def async_add_resource(hass: HomeAssistant) -> None:
    """Have the module loaded, since there is an entry."""
    await hass.data.setdefault(_RESOURCE, ModuleResource(hass)).async_add()


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Have the module loaded no more, since there is no entry."""
    await hass.data.setdefault(_RESOURCE, ModuleResource(hass)).async_remove()
