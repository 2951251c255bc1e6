"""Checks what users automate with and look into: triggers, blueprints, activity, diagnostics, brand."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
import json
import re
from typing import Any
from urllib.parse import quote

from .cameras import Cameras
from .checks import Checks
from .home_assistant import HomeAssistant, HomeAssistantError

# Home Assistant cannot tell the systems of cameras apart: all triggers of cameras are offered.
OF_CAMERAS = {
    "activity_detected",
    "alarm_raised",
    "camera_is_back",
    "camera_went_silent",
    "cloud_event",
    "face_hidden",
    "line_crossed",
    "person_recognised",
    "plate_read",
    "unknown_person",
    "unknown_vehicle",
    "zone_event",
}


def notify_of(camera: str) -> dict[str, Any]:
    """Return an automation that tells of a camera's alarms, as the automation editor saves it."""
    target = {"entity_id": camera}
    return {
        "alias": "Tell about alarms",
        "triggers": [
            {"trigger": "camera_push.alarm_raised", "target": target, "options": {"alarm": ["humanoid"]}}
        ],
        "conditions": [
            {"condition": "camera_push.camera_is_sending", "target": target, "options": {"behavior": "any"}}
        ],
        "actions": [
            {
                "action": "persistent_notification.create",
                "data": {"title": "Front door", "message": "{{ trigger.description }}"},
            }
        ],
    }


class Insight:
    """The checks of one run."""

    def __init__(self, home: HomeAssistant, cameras: Cameras, checks: Checks) -> None:
        self.home = home
        self.cameras = cameras
        self.checks = checks
        self._camera = f"camera.{cameras.front_door.prefix}"

    async def automations(self) -> None:
        """Save an automation with our trigger, as the editor does, and be told of the next alarm."""
        await self._save("demo_notify", notify_of(self._camera))
        blueprint = {
            "alias": "Gate by blueprint",
            "use_blueprint": {
                "path": "camera_push/gate.yaml",
                "input": {
                    "vehicles": [await self._vehicle()],
                    "open_actions": [
                        {"action": "counter.increment", "target": {"entity_id": "counter.gate_openings"}}
                    ],
                },
            },
        }
        await self._save("demo_gate", blueprint)
        for entity_id in ("automation.tell_about_alarms", "automation.gate_by_blueprint"):
            await self.checks.eventually(entity_id, "on", partial(self._state, entity_id))
        await self.cameras.front_door.alarm("humanoid")
        await self.checks.eventually(
            "notification of the alarm", ["the humanoid alarm of Front door"], self._told
        )
        await self.home.post(
            "/api/services/automation/turn_off", {"entity_id": "automation.gate_by_blueprint"}
        )

    async def _save(self, automation_id: str, config: dict[str, Any]) -> None:
        await self.home.post(f"/api/config/automation/config/{automation_id}", config)

    async def _vehicle(self) -> str:
        async with self.home.websocket() as websocket:
            devices = await websocket.command("config/device_registry/list")
        return next(device["id"] for device in devices if device["model"] == "Known vehicle")

    async def _state(self, entity_id: str) -> str | None:
        return (await self.home.state(entity_id)).get("state")

    async def _told(self) -> list[str]:
        async with self.home.websocket() as websocket:
            notifications = await websocket.command("persistent_notification/get")
        return [it["message"] for it in notifications if it["title"] == "Front door"]

    async def offered(self) -> None:
        """Check which triggers and conditions the editor offers for a camera and for a vehicle."""
        async with self.home.websocket() as websocket:
            for kind, target, expected in (
                ("triggers", self._camera, OF_CAMERAS),
                ("triggers", "binary_sensor.my_car_present", {"vehicle_arrived", "vehicle_left"}),
                ("conditions", self._camera, {"camera_is_sending"}),
                ("conditions", "binary_sensor.my_car_present", {"person_is_present", "vehicle_is_present"}),
            ):
                found = await websocket.command(
                    f"get_{kind}_for_target", target={"entity_id": [target]}, expand_group=True
                )
                ours = {
                    name.removeprefix("camera_push.") for name in found if name.startswith("camera_push.")
                }
                self.checks.check(f"{kind} offered for {target}", expected, ours)

    async def activity(self) -> None:
        """Check that the activity list has sentences."""

        expected = {"Front door rang the doorbell", "Entrance My car", "Lobby recognized Ada"}

        async def find() -> set[str]:
            start = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
            entries = await self.home.get(f"/api/logbook/{quote(start)}")
            ours = [it for it in entries if it.get("domain") == "camera_push"]
            # After a comma, a dot or in brackets follows what belongs to it, as the direction or watchlists.
            return {
                re.split(r", | \(| \u00b7 ", f"{it['name']} {it['message']}")[0] for it in ours
            } & expected

        await self.checks.eventually("sentences in the activity list", expected, find)

    async def looked_into(self) -> None:
        """Download diagnostics, look at system health and at the brand images."""
        entries = await self.home.get("/api/config/config_entries/entry?domain=camera_push")
        for entry in entries:
            found = await self.home.get(f"/api/diagnostics/config_entry/{entry['entry_id']}")
            data = found["data"]
            self.checks.check(
                f"received by {entry['title']}", expected=True, found=sum(data["received"].values()) > 0
            )
            text = json.dumps(data)
            for secret in ("47ATDPN", "My car", "Front door", "profile-1"):
                self.checks.check(f"{secret} in its diagnostics", expected=False, found=secret in text)
        async with self.home.websocket() as websocket:
            await websocket.command("system_health/info")
            token = (await websocket.command("brands/access_token"))["token"]
            for _ in range(50):
                if any("camera_push" in json.dumps(event) for event in websocket.events):
                    break
                await websocket.command("ping")
                await asyncio.sleep(0.1)
            told = json.dumps(websocket.events)
        self.checks.check("system health", expected=True, found='"camera_push"' in told and "MiB" in told)
        for name in ("icon.png", "dark_logo@2x.png"):
            image = await self.home.get_bytes(f"/api/brands/integration/camera_push/{name}?token={token}")
            self.checks.check(f"brand image {name}", b"PNG", (image or b"")[1:4])


async def look_into(home: HomeAssistant, cameras: Cameras, checks: Checks) -> None:
    """Run the checks; what cannot be asked is a check that fails."""
    insight = Insight(home, cameras, checks)
    for step in (insight.automations, insight.offered, insight.activity, insight.looked_into):
        try:
            await step()
        except HomeAssistantError as err:
            checks.check(step.__name__, "no error", str(err))
