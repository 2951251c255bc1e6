"""The actions that blueprints use, and the one that installs them."""

from pathlib import Path

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.automations.helpers import BLUEPRINTS
from tests.emulators.pictures import jpeg


async def test_blueprints_are_installed(hass, vstarcam_entry) -> None:
    folder = Path(hass.config.path("blueprints/automation/camera_push"))

    async def install(**data: bool) -> dict:
        return await hass.services.async_call(
            DOMAIN, "install_blueprints", data, blocking=True, return_response=True
        )

    names = sorted(path.name for path in BLUEPRINTS.glob("*.yaml"))
    assert await install() == {"installed": names, "kept": []}
    (folder / "gate.yaml").write_text("mine")
    assert (await install())["kept"] == ["gate.yaml"]
    assert (folder / "gate.yaml").read_text() == "mine"
    assert (await install(replace=True))["kept"] == []
    assert (folder / "gate.yaml").read_bytes() == (BLUEPRINTS / "gate.yaml").read_bytes()


async def test_blueprints_are_installed_by_administrators(hass, vstarcam_entry, hass_read_only_user) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "install_blueprints", blocking=True, context=Context(user_id=hass_read_only_user.id)
        )


async def test_nobody_shares_what_they_may_not_see(hass, vstarcam, alarms, hass_read_only_user) -> None:
    await vstarcam.alarm(0x12, jpeg())
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {"light.other": True}}})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "share_media",
            {"media": alarms[0].data["picture"]},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )


@pytest.mark.parametrize("media", ["media-source://other/1/2", "x/1", "../../config/1"])
async def test_nothing_else_is_shared(hass, vstarcam_entry, media) -> None:
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            DOMAIN, "share_media", {"media": media}, blocking=True, return_response=True
        )
