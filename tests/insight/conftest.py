"""Fixtures of this folder's tests."""

from ..omni.conftest import entry as omni_entry, people, platform, quick as quick_omni
from ..vehicles.conftest import add_vehicle
from ..vxg.conftest import cloud, entry as vxg_entry, quick as quick_vxg, server

__all__ = [
    "add_vehicle",
    "cloud",
    "omni_entry",
    "people",
    "platform",
    "quick_omni",
    "quick_vxg",
    "server",
    "vxg_entry",
]
