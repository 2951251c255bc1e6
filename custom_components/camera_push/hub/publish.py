"""Tells what a message leads to: states first, so that automations on the bus event see them."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import KEY_VEHICLES_IN, KEY_VEHICLES_OUT
from .camera import CameraDevice
from .effects import Effects, KnownEffects
from .signals import LAST_SEEN, event_key, optional_signal, premises_signal, value_key
from .trigger_events import async_send_trigger_event

_MOVES: Final = frozenset({value_key(KEY_VEHICLES_IN), value_key(KEY_VEHICLES_OUT)})


@callback
def async_publish(camera: CameraDevice, effects: Effects) -> None:
    """Write states, fire the bus event and run triggers, without waiting for anything.

    Dispatcher and bus call each subscriber by itself: one that raises is logged and harms nobody else.
    """
    hass = camera.context.hass
    if effects.key is not None:
        camera.remember(effects.key)
    for key, until in effects.holds.items():
        camera.async_hold(key, until)
    camera.liveness.async_message()
    optional = camera.context.info.optional
    if any(event_key(key) in effects.updates or value_key(key) in effects.updates for key in optional):
        # The first time, its entity is a new one.
        async_dispatcher_send(hass, optional_signal(camera.context.entry.entry_id), camera.camera_id)
    for key, event in effects.updates.items():
        camera.async_notify(key, event)
    camera.async_notify(LAST_SEEN)
    if not _MOVES.isdisjoint(effects.updates):
        async_dispatcher_send(hass, premises_signal(camera.context.entry.entry_id))
    for known in effects.known:
        _publish_known(hass, known)
    if effects.bus_event is not None:
        event_type, data = effects.bus_event
        hass.bus.async_fire(event_type, data)
    if effects.trigger_event is not None:
        async_send_trigger_event(hass, effects.trigger_event)
    if effects.settling is not None:
        effects.settling()


@callback
def _publish_known(hass: HomeAssistant, effects: KnownEffects) -> None:
    device = effects.device
    if effects.present_until is not None:
        device.async_hold(effects.present_until)
    for key in effects.updates:
        device.async_notify(key)
    if effects.seen is not None:
        device.async_seen(effects.seen, effects.numbers)
    if effects.refusal is not None:
        async_send_trigger_event(hass, effects.refusal)
