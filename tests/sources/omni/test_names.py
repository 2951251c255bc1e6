"""The names that an OMNI Platform gives profiles and watchlists."""

from unittest.mock import patch

import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import configure, eventually, state
from tests.config_flows import start_subentry
from tests.sources.omni.helpers import CAM, NAMES, add, add_person


@pytest.fixture
async def named(hass, platform, people):
    """Return an entry with a key, on whose platform a profile and a watchlist have names."""
    platform.key = "key"
    platform.names, platform.watchlists = {"profile-1": "Ada Lovelace"}, {"group-1": "Staff"}
    entry = await add(hass, platform, api_key="key")
    await platform.send(platform.event(pictures=False))
    await eventually(lambda: entry.runtime_data.hub.history.names.profiles)
    return entry


async def see(hass, platform, people, **changes):
    count = len(people)
    await platform.send(platform.event(pictures=False, **changes))
    await eventually(lambda: len(people) == count + 1)
    await hass.async_block_till_done()
    return people[-1].data


async def test_shown(hass, platform, people, named) -> None:
    """`person` stays what the user says; a name of the user's wins."""
    data = await see(hass, platform, people)
    assert (data["person"], data["profile_id"], data["watchlists"]) == (None, "profile-1", ["Staff"])
    assert state(hass, named, "sensor", CAM, "last_person").state == "Ada Lovelace"
    assert state(hass, named, "sensor", CAM, "last_watchlist").state == "Staff"
    attributes = state(hass, named, "event", CAM, "identification").attributes
    assert attributes["profile_name"] == "Ada Lovelace"
    await add_person(hass, named, name="Grandma")
    assert (await see(hass, platform, people))["person"] == "Grandma"
    assert state(hass, named, "sensor", CAM, "last_person").state == "Grandma"


async def test_in_the_history(hass, platform, people, named) -> None:
    """Rows have the names, and are found by them."""
    await see(hass, platform, people)
    await see(hass, platform, people, profile="profile-2")
    fields = {"text": "lovelace", "limit": 1}
    (row,) = (
        await hass.services.async_call(DOMAIN, "list_events", fields, blocking=True, return_response=True)
    )["events"]
    assert (row["profile_id"], row["profile_name"], row["known"]) == ("profile-1", "Ada Lovelace", None)
    assert row["watchlists"] == ["Staff"]


async def test_offered_where_persons_and_watchlists_are_named(hass, named) -> None:
    for kind, field, label in (("person", "profiles", "Ada Lovelace"), ("watchlist", "groups", "Staff")):
        flow = await start_subentry(hass, named, kind)
        selector = next(value for key, value in flow["data_schema"].schema.items() if key == field)
        (option,) = selector.config["options"]
        assert option["label"].startswith(label)
        assert option["value"] in ("profile-1", "group-1")


async def test_kept_over_a_restart(hass, platform, people, named) -> None:
    platform.names = {}
    with patch(f"{NAMES}.LOOK_EVERY_SECONDS", 60):
        await hass.config_entries.async_unload(named.entry_id)
        # Who does not answer takes no name away.
        platform.names_status = 503
        await hass.config_entries.async_setup(named.entry_id)
        await eventually(lambda: len(platform.sockets) == 1)
        assert named.runtime_data.hub.history.names.profiles == {"profile-1": "Ada Lovelace"}


async def test_asked_again_every_day(hass, platform, people, named) -> None:
    asked = len(platform.named)
    await see(hass, platform, people)
    platform.names["profile-1"] = "Ada King"
    with patch(f"{NAMES}.ASK_AGAIN_AFTER_SECONDS", 0.1):
        await eventually(lambda: named.runtime_data.hub.history.names.profiles["profile-1"] == "Ada King")
        platform.names.clear()
        await eventually(lambda: not named.runtime_data.hub.history.names.profiles)
    assert len(platform.named) > asked


async def test_new_profile_is_asked_for(hass, platform, people, named) -> None:
    platform.names["profile-2"] = "Grace"
    await see(hass, platform, people, profile="profile-2")
    await eventually(lambda: named.runtime_data.hub.history.names.profiles.get("profile-2") == "Grace")
    assert platform.named[-1] == ["profile-2"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"data": null}', b'{"data": {"profiles": {"collectionItems": [5, {"id": {}}]}}}'],
)
async def test_answer_of_no_use(hass, platform, people, named, body) -> None:
    platform.names_body = body
    await see(hass, platform, people, profile="profile-3")
    await eventually(lambda: "profile-3" in platform.named[-1])
    assert named.runtime_data.hub.history.names.profiles == {"profile-1": "Ada Lovelace"}
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_key_that_is_refused(hass, platform, people, named) -> None:
    platform.key = "other"
    await see(hass, platform, people, profile="profile-4")
    await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))


async def test_webhook_with_the_platforms_key(hass, platform, webhook_entry, poster, people) -> None:
    platform.key, platform.names = "key", {"profile-1": "Ada Lovelace"}
    await configure(hass, webhook_entry, platform={"url": platform.url, "api_key": "key", "verify_ssl": True})
    await platform.post(poster, webhook_entry.data["webhook_id"], platform.event(pictures=False))
    await eventually(
        lambda: webhook_entry.runtime_data.hub.history.names.profiles == {"profile-1": "Ada Lovelace"}
    )


async def test_nothing_is_asked_without_a_key(hass, platform, people, entry) -> None:
    await see(hass, platform, people)
    assert [it for it in entry.runtime_data.receivers.state() if it == "names"] == []
    assert platform.named == []
