"""Fixtures of this folder's tests."""

from tests.sources.omni.conftest import entry as omni_entry, people, platform, quick as quick_omni
from tests.sources.vxg.conftest import cloud, entry as vxg_entry, quick as quick_vxg, server

__all__ = [
    "cloud",
    "omni_entry",
    "people",
    "platform",
    "quick_omni",
    "quick_vxg",
    "server",
    "vxg_entry",
]
