"""What tests of FTP share."""

from homeassistant.config_entries import ConfigEntry

LOGIN = {"username": "camera", "password": "secret"}


def ftp_state(entry: ConfigEntry) -> dict:
    """Return what diagnostics say of an entry's FTP server."""
    return entry.runtime_data.receivers.state()["ftp"]
