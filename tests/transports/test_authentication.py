"""Who may push over HTTP."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.camera_push.transports.credentials import FAILURES_TO_REPORT, FailedLogins
from tests.common import configure, issues, pass_time, states
from tests.config_flows import start_options, submit, suggested_values
from tests.credentials import BASIC, HEADER, basic
from tests.emulators.ff import FFCamera


@pytest.mark.parametrize(
    ("authentication", "headers"),
    [
        ({"kind": "none"}, []),
        ({"kind": "none"}, ["Authorization: Basic nonsense"]),
        (BASIC, [basic("camera", "pass:wörd")]),
        (BASIC, [basic("camera", "pass:wörd", "BASIC")]),
        (HEADER, ["Authorization: s3cr3t value"]),
        (HEADER, ["X-Auth-Key: s3cr3t value"]),
        (HEADER, ["Auth-Header:   s3cr3t value  "]),
    ],
)
async def test_right_credentials(hass, ff: FFCamera, ff_entry, plates, authentication, headers) -> None:
    await configure(hass, ff_entry, authentication=authentication)
    assert (await ff.read(images=())).status == (401 if authentication["kind"] != "none" else 200)
    reply = await ff.send_json(ff.event("update"), headers=headers)
    assert reply.status == 200
    assert (await ff.send_json(ff.keepalive(), headers=headers)).status == 200
    assert plates[-1].data["state"] == "update"


@pytest.mark.parametrize(
    ("authentication", "headers", "challenge"),
    [
        (BASIC, [], "Basic"),
        (BASIC, [basic("camera", "wrong")], "Basic"),
        (BASIC, [basic("other", "pass:wörd")], "Basic"),
        (BASIC, [basic("camera", "")], "Basic"),
        (BASIC, ["Authorization: Basic %%%"], "Basic"),
        (BASIC, ["Authorization: Basic /////w=="], "Basic"),
        (BASIC, ["Authorization: Bearer pass:wörd"], "Basic"),
        (BASIC, ["Authorization: Basic"], "Basic"),
        (HEADER, [], "Header"),
        (HEADER, ["Authorization: s3cr3t"], "Header"),
        (HEADER, ["Authorization: s3cr3t value and more"], "Header"),
    ],
)
async def test_wrong_credentials(hass, ff, ff_entry, plates, authentication, headers, challenge) -> None:
    await configure(hass, ff_entry, authentication=authentication)
    before = states(hass)
    for reply in (
        await ff.send_json(ff.event(), headers=headers),
        await ff.send_form(ff.event(), headers=headers),
        await ff.send_json(ff.keepalive(), headers=headers),
        await ff.poster.post(ff.webhook_id, b"", None, method="GET", headers=headers),
    ):
        assert reply.status == 401
        assert reply.headers["www-authenticate"].startswith(f"{challenge} realm=")
        assert reply.json["status"] == "error"
    assert plates == []
    assert states(hass) == before


async def test_wrong_credentials_are_no_sign_of_life(hass, ff, ff_entry, freezer) -> None:
    await configure(hass, ff_entry, authentication=HEADER)
    headers = ["X: s3cr3t value"]
    await ff.send_json(ff.keepalive(), headers=headers)
    for _ in range(4):
        await pass_time(hass, freezer, 4 * 60)
        await ff.send_json(ff.keepalive())
    assert not ff_entry.runtime_data.hub.cameras["gate"].liveness.is_available


async def test_ten_in_a_row_are_one_issue(hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry) -> None:
    await ff.read()
    await configure(hass, ff_entry, authentication=HEADER)
    for _ in range(9):
        await ff.read()
    # A camera that first comes without and then with them is no problem.
    assert (await ff.send_json(ff.event("update"), headers=["X: s3cr3t value"])).status == 200
    for _ in range(9):
        await ff.read()
    assert "wrong_credentials" not in issues(hass)
    await ff.read()
    assert "wrong_credentials" in issues(hass)
    (issue,) = [
        issue for issue in ir.async_get(hass).issues.values() if issue.translation_key == "wrong_credentials"
    ]
    assert issue.translation_placeholders["camera"] == "gate"
    await ff.send_json(ff.event("lost"), headers=["X: s3cr3t value"])
    assert "wrong_credentials" not in issues(hass)


@pytest.mark.parametrize(
    ("authentication", "error"),
    [
        ({"kind": "basic"}, "login_missing"),
        ({"kind": "basic", "username": "camera"}, "login_missing"),
        ({"kind": "header"}, "header_missing"),
    ],
)
async def test_missing_credentials_are_a_form_error(hass, ff_entry, authentication, error) -> None:
    result = await configure(hass, ff_entry, authentication=authentication)
    assert result["errors"] == {"base": error}


async def test_secrets_are_kept_but_not_shown(hass, ff, ff_entry) -> None:
    await configure(hass, ff_entry, authentication=BASIC, lateness_limit=20)
    flow = await start_options(hass, ff_entry)
    assert BASIC["password"] not in str(flow["data_schema"].schema)
    assert suggested_values(flow)["advanced"]["lateness_limit"] == 20
    await submit(hass, flow, {"authentication": {"kind": "basic", "username": "camera"}})
    reply = await ff.send_json(ff.event(), headers=[basic("camera", "pass:wörd")])
    assert reply.status == 200


def test_counting_is_bounded() -> None:
    failed = FailedLogins()
    for _ in range(FAILURES_TO_REPORT - 1):
        assert not failed.failed("first")
    for number in range(5000):
        failed.failed(str(number))
    # Whoever failed longest ago is forgotten.
    assert not failed.failed("first")
    assert not failed.succeeded("4999")
    reported = [failed.failed("x") for _ in range(FAILURES_TO_REPORT + 5)]
    assert reported.count(True) == 1
    assert failed.succeeded("x")
