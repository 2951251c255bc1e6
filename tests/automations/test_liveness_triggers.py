"""Cameras that go silent, and come back."""

from homeassistant.config_entries import ConfigEntryState

from tests.common import configure, eventually, pass_time

VUID = "VC0000000ABCD"


async def test_camera_went_silent_and_is_back(hass, vstarcam, vstarcam_device, automate, freezer) -> None:
    await vstarcam.heartbeat()
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.camera_went_silent
            target: {{device_id: {vstarcam_device}}}
          - trigger: camera_push.camera_is_back
            target: {{device_id: {vstarcam_device}}}
        """
    )
    await pass_time(hass, freezer, 181)
    assert [trigger["platform"] for trigger in ran] == ["camera_push.camera_went_silent"]
    assert ran[0]["camera_id"] == VUID
    assert ran[0]["description"] == f"VStarcam {VUID}, which went silent"
    await pass_time(hass, freezer, 600)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert [trigger["platform"] for trigger in ran][1:] == ["camera_push.camera_is_back"]
    assert ran[1]["description"] == f"VStarcam {VUID}, which is back"


async def test_silence_has_to_last(
    hass, vstarcam, vstarcam_device, vstarcam_entry, automate, freezer
) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.camera_went_silent
            options:
              for: "00:10:00"
          - trigger: camera_push.camera_is_back
            options:
              for: {minutes: 5}
        """
    )
    await pass_time(hass, freezer, 181)
    await pass_time(hass, freezer, 590)
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 20)
    assert len(ran) == 0
    await pass_time(hass, freezer, 170)
    await pass_time(hass, freezer, 601)
    assert [trigger["platform"] for trigger in ran] == ["camera_push.camera_went_silent"]
    for _ in range(6):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 60)
    assert [trigger["platform"] for trigger in ran][1:] == ["camera_push.camera_is_back"]

    # Neither a reload of the entry nor one of the automation is silence.
    await pass_time(hass, freezer, 181)
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    await pass_time(hass, freezer, 700)
    assert len(ran) == 2


async def test_reload_is_not_silence(hass, vstarcam, vstarcam_device, vstarcam_entry, automate) -> None:
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.camera_went_silent
          - trigger: camera_push.camera_is_back
        """
    )
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert len(ran) == 0


BOTH_WAYS = """
    triggers:
      - trigger: camera_push.camera_went_silent
      - trigger: camera_push.camera_is_back
"""


async def test_platform_that_cannot_be_heard_is_silence(hass, platform, omni_entry, people, automate) -> None:
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    ran = await automate(BOTH_WAYS)
    await platform.drop()
    await eventually(lambda: len(ran) == 2)
    assert [trigger["platform"] for trigger in ran] == [
        "camera_push.camera_went_silent",
        "camera_push.camera_is_back",
    ]
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    await eventually(lambda: len(platform.sockets) == 1)
    await hass.async_block_till_done()
    assert len(ran) == 2


async def test_platform_that_is_gone_at_the_start(hass, platform, omni_entry, people, automate) -> None:
    """The entry is not ready then, and says so; its cameras say nothing."""
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    ran = await automate(BOTH_WAYS)
    platform.refuses_websocket = True
    assert not await hass.config_entries.async_reload(omni_entry.entry_id)
    assert omni_entry.state is ConfigEntryState.SETUP_RETRY
    platform.refuses_websocket = False
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    assert len(ran) == 0


async def test_platform_that_was_lost_before_a_reload_is_back_with_its_connection(
    hass, platform, omni_entry, people, automate
) -> None:
    """Its cameras need not see anybody first."""
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.camera_went_silent
          - {trigger: camera_push.camera_went_silent, options: {for: "00:10:00"}}
          - trigger: camera_push.camera_is_back
        """
    )
    platform.refuses_websocket = True
    await platform.drop()
    await eventually(lambda: len(ran) == 1)
    platform.refuses_websocket = False
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    await eventually(lambda: len(platform.sockets) == 1)
    await eventually(lambda: len(ran) == 2)
    # The platform goes before Home Assistant does, which would be another loss.
    await hass.config_entries.async_unload(omni_entry.entry_id)
    # A `for` that went on would be found as a timer that outlives the test.
    assert [trigger["platform"] for trigger in ran] == [
        "camera_push.camera_went_silent",
        "camera_push.camera_is_back",
    ]
