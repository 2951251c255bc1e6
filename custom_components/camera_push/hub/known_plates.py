"""The known plates of all entries: whose car a plate camera of any of them reads."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..domain.messages import PlateRead
from ..domain.plate_index import KnownPlate, PlateIndex
from ..domain.recognition import Evidence, Recognition, recognise
from .known_device import PlateDevice


class KnownPlates:
    """Finds the vehicles and lists that a read is about."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._index = PlateIndex()
        self._devices: dict[str, PlateDevice] = {}
        self._plates: dict[str, dict[KnownPlate, None]] = {}

    @property
    def devices(self) -> list[PlateDevice]:
        """Return all vehicles and lists."""
        return list(self._devices.values())

    @callback
    def async_put(self, device: PlateDevice) -> None:
        """Take over a vehicle or list with its plates; what did not change is left where it is."""
        before = self._plates.get(device.id, {})
        now = dict.fromkeys(device.known.plates())
        for known in before.keys() - now.keys():
            self._index.discard(known)
        for known in now.keys() - before.keys():
            self._index.add(known)
        self._devices[device.id] = device
        self._plates[device.id] = now

    @callback
    def async_change(
        self, device: PlateDevice, gone: Iterable[KnownPlate], new: Iterable[KnownPlate]
    ) -> None:
        """Take over which plates of a list went and came; one that was removed itself has none."""
        if self._devices.get(device.id) is not device:
            return
        plates = self._plates[device.id]
        for known in gone:
            if known in plates:
                del plates[known]
                self._index.discard(known)
        for known in new:
            if known not in plates:
                plates[known] = None
                self._index.add(known)

    @callback
    def async_discard(self, device: PlateDevice) -> None:
        """Forget a vehicle or list and its plates, unless another one took its place."""
        if self._devices.get(device.id) is not device:
            return
        del self._devices[device.id]
        for known in self._plates.pop(device.id):
            self._index.discard(known)

    def has(self, owner: str, pattern: str) -> bool:
        """Tell whether a vehicle or list has a plate."""
        return any(it.owner == owner and it.pattern == pattern for it in self._index.of(pattern))

    def knows(self, plate: str) -> bool:
        """Tell whether a canonical plate is one of a vehicle or list."""
        return any(True for _ in self._index.of(plate))

    def device(self, known: KnownPlate) -> PlateDevice:
        """Return the vehicle or list that a known plate is of."""
        return self._devices[known.owner]

    def recognise(self, camera: str, read: PlateRead, evidence: Evidence) -> Recognition:
        """Return whose plate the reads of a visit show, and the numbers behind that.

        `camera` is the camera as unique ids name it. Zone, direction and the read's own confidence are not
        looked at.
        """
        return recognise(
            self._index,
            evidence,
            read.plate,
            countries=(self._hass.config.country, read.country),
            terms=lambda known: self._devices[known.owner].known.terms(known, camera, read.received_at),
        )


_KEY: Final[HassKey[KnownPlates]] = HassKey(f"{DOMAIN}_known_plates")


@callback
@singleton(_KEY)
def known_plates(hass: HomeAssistant) -> KnownPlates:
    """Return the known plates of all loaded entries."""
    return KnownPlates(hass)
