"""What must hold whatever came in, or was answered."""

import logging

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
import pytest


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as an error, or with a traceback; aiohttp complains of what is no HTTP."""
    return [
        record.getMessage()
        for record in caplog.records
        if (record.levelno >= logging.ERROR or (record.levelno > logging.DEBUG and record.exc_info))
        and not record.name.startswith(("aiohttp.", "homeassistant."))
    ]


def check_that_all_can_be_read(hass: HomeAssistant, told: list[list]) -> None:
    """Check that what we tell can be passed on as JSON: to a browser, to the recorder."""
    for event in [event for events in told for event in events]:
        assert json_bytes(event.data)
    for state in hass.states.async_all():
        assert state.as_dict_json
