"""The handler of heartbeats."""

from ...const import KEY_CLOCK_OFFSET, KEY_CONNECTIVITY
from ...domain.messages import Heartbeat
from ..camera import CameraDevice
from ..effects import Effects
from ..signals import alarm_key, value_key


def handle_heartbeat(camera: CameraDevice, heartbeat: Heartbeat) -> Effects:
    """Note that the camera is alive, what its clock says, and what it counts."""
    was_armed = camera.record.armed
    clock_offset = camera.clock.offset
    camera.heartbeat(heartbeat)
    effects = Effects(durable=False, is_deferrable=was_armed)
    effects.updates |= dict.fromkeys(value_key(key) for key in heartbeat.counters)
    if not was_armed:
        effects.updates[alarm_key(KEY_CONNECTIVITY)] = None
    if camera.clock.offset != clock_offset:
        effects.updates[value_key(KEY_CLOCK_OFFSET)] = None
    return effects
