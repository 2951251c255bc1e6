"""The handler of pictures that come without an alarm or event."""

from ...const import KEY_SNAPSHOT
from ...domain.messages import Snapshot
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder


def handle_snapshot(camera: CameraDevice, snapshot: Snapshot) -> Effects:
    """Show the picture."""
    builder = EffectsBuilder(camera, snapshot, snapshot.received_at)
    builder.set_picture(KEY_SNAPSHOT, builder.keep(snapshot.picture, KEY_SNAPSHOT))
    return builder.effects
