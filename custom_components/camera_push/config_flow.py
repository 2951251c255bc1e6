"""Config flow, options and reconfiguration."""

from collections.abc import Mapping
import secrets
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from .const import (
    CONF_SOURCE,
    DOMAIN,
    SUBENTRY_CAMERA,
    SUBENTRY_PERSON,
    SUBENTRY_STREAM,
    SUBENTRY_VEHICLE,
    SUBENTRY_VEHICLE_LIST,
    SUBENTRY_WATCHLIST,
)
from .domain.text import markdown_code
from .flows.first_push import FirstPushFlow, async_start
from .flows.options import entry_urls, replace_webhook
from .flows.options_flow import CameraPushOptionsFlow
from .flows.person import PersonFlow, WatchlistFlow
from .flows.stream import StreamFlow
from .flows.vehicle import VehicleFlow
from .flows.vehicle_list import VehicleListFlow
from .hub.devices import async_find_by_mac
from .sources import SOURCES
from .sources.base import Source
from .sources.ff.flow import FFConfigFlow
from .sources.omni.flow import OmniConfigFlow
from .sources.stream import moved
from .sources.vstarcam.flow import VStarcamConfigFlow
from .sources.vxg.flow import VxgConfigFlow
from .transports.urls import push_urls

# 128 random bits, in 32 characters that every camera's form takes.
_WEBHOOK_ID_BYTES: Final = 16

# Subentries that several systems share.
_SUBENTRY_FLOWS: Final[Mapping[str, type[ConfigSubentryFlow]]] = {
    SUBENTRY_VEHICLE: VehicleFlow,
    SUBENTRY_VEHICLE_LIST: VehicleListFlow,
    SUBENTRY_PERSON: PersonFlow,
    SUBENTRY_WATCHLIST: WatchlistFlow,
    SUBENTRY_STREAM: StreamFlow,
}


def _subentry_flows(source: Source) -> dict[str, type[ConfigSubentryFlow]]:
    """Return the flows of a source's subentries; the first has the steps that wait for the first push."""
    flows = {kind: _SUBENTRY_FLOWS[kind] for kind in source.subentry_types}
    if source.camera_setup is not None:
        flows = {SUBENTRY_CAMERA: source.camera_setup.flow, **flows}
    first = next(iter(flows))
    return {**flows, first: type(flows[first].__name__, (FirstPushFlow, flows[first]), {})}


_FLOWS_OF_SOURCES: Final = {key: _subentry_flows(source) for key, source in SOURCES.items()}


def new_webhook_id() -> str:
    """Return a new secret for an entry's URL."""
    return secrets.token_hex(_WEBHOOK_ID_BYTES)


class CameraPushConfigFlow(VStarcamConfigFlow, FFConfigFlow, OmniConfigFlow, VxgConfigFlow, domain=DOMAIN):
    """Choose a system; a push system needs nothing else."""

    VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> CameraPushOptionsFlow:
        return CameraPushOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return _FLOWS_OF_SOURCES[config_entry.data[CONF_SOURCE]]

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self.async_show_menu(step_id="user", menu_options=list(SOURCES))

    @callback
    @override
    def async_create_push_entry(self, key: str, *, is_confirmed: bool = True) -> ConfigFlowResult:
        title = SOURCES[key].info.title
        webhook_id = new_webhook_id()
        same = [entry for entry in self._async_current_entries() if entry.data[CONF_SOURCE] == key]
        if same and not is_confirmed:
            return self.async_show_form(
                step_id=key,
                description_placeholders={
                    "urls": "\n\n".join(
                        f"{markdown_code(entry.title)}\n\n{entry_urls(self.hass, entry)}" for entry in same
                    )
                },
            )
        return self.async_create_entry(
            title=f"{title} {len(same) + 1}" if same else title,
            data={CONF_SOURCE: key, CONF_WEBHOOK_ID: webhook_id},
            description=key,
            description_placeholders={"urls": push_urls(self.hass, webhook_id, local_only=True)},
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with a flow of the new entry that shows its URL and waits for the first push."""
        entry: ConfigEntry = result["result"]
        # One whose set-up failed takes no push.
        if CONF_WEBHOOK_ID in entry.data and entry.state is ConfigEntryState.LOADED:
            kind = next(iter(_FLOWS_OF_SOURCES[entry.data[CONF_SOURCE]]))
            result["next_flow"] = await async_start(entry, self.hass.config_entries.subentries, kind)
        return result

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Take over the new address of a camera that was set up from Home Assistant."""
        mac = format_mac(discovery_info.macaddress)
        await self.async_set_unique_id(mac)
        outcomes: set[bool] = set()
        for owned in async_find_by_mac(self.hass, mac):
            setup = SOURCES[owned.entry.data[CONF_SOURCE]].camera_setup
            for subentry in owned.entry.subentries.values() if setup is not None else ():
                settings = setup.settings(self.hass, subentry) if setup is not None else None
                if settings is None or settings.camera_id != owned.camera_id:
                    continue
                data = moved(subentry.data, discovery_info.ip)
                outcomes.add(data is not None)
                if data is not None:
                    self.hass.config_entries.async_update_subentry(owned.entry, subentry, data=data)
        if not outcomes:
            return self.async_abort(reason="camera_not_set_up")
        return self.async_abort(reason="camera_moved" if any(outcomes) else "camera_has_not_moved")

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for new credentials, in the source's own step."""
        return await self._async_source_step(self._get_reauth_entry(), "reauth")

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer a new secret URL, which ends the old one; without one, go on in the source's own step."""
        entry = self._get_reconfigure_entry()
        if CONF_WEBHOOK_ID not in entry.data:
            return await self._async_source_step(entry, "reconfigure")
        if user_input is None:
            urls = entry_urls(self.hass, entry)
            return self.async_show_form(step_id="reconfigure", description_placeholders={"urls": urls})
        replace_webhook(self.hass, entry, new_webhook_id())
        return self.async_abort(
            reason="reconfigure_successful",
            description_placeholders={"urls": entry_urls(self.hass, entry)},
        )

    async def _async_source_step(self, entry: ConfigEntry, name: str) -> ConfigFlowResult:
        """Go on in a step of the entry's source, found by its name as Home Assistant finds steps."""
        step = getattr(self, f"async_step_{entry.data[CONF_SOURCE]}_{name}")
        result: ConfigFlowResult = await step()
        return result
