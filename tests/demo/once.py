"""The fixed scenario, with checks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from ..emulators.http import BOUNDARY, Field, form
from ..emulators.pictures import clip, mp4
from .cameras import Cameras, DemoFF, DemoOmni, DemoVStarcam, DemoVxg
from .checks import Checks
from .home_assistant import HomeAssistant, WebSocket
from .insight import look_into
from .scenario import heartbeats, name_devices


class _Once:
    """The fixed scenario."""

    def __init__(self, home: HomeAssistant, cameras: Cameras, websocket: WebSocket) -> None:
        self.home = home
        self.cameras = cameras
        self.websocket = websocket
        self.checks = Checks()

    async def state(self, entity_id: str) -> str | None:
        return (await self.home.state(entity_id)).get("state")

    async def expect(self, entity_id: str, expected: str, seconds: float = 10) -> None:
        await self.checks.eventually(entity_id, expected, lambda: self.state(entity_id), seconds)

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the bus events of a kind so far."""
        await self.websocket.command("ping")  # What was fired before is here when the answer is.
        return [event["data"] for event in self.websocket.events if event["event_type"] == kind]

    async def picture(self, what: str, path: str, expected: bytes) -> None:
        """Check that a picture is served byte for byte as it was pushed."""

        async def find() -> bool:
            return await self.home.get_bytes(path) == expected

        await self.checks.eventually(what, expected=True, find=find)

    async def alarms(self, camera: DemoVStarcam) -> None:
        for what in ("motion", "humanoid", "smoke_alarm", "fire", "smoke", "baby_crying", "absence"):
            reply = await camera.alarm(what, with_clip=what == "motion")
            self.checks.check(f"answer to {what}", ("200", 200), (reply.json["code"], reply.status))
            await self.expect(
                f"binary_sensor.{camera.prefix}_{what}"
                if what != "humanoid"
                else f"binary_sensor.{camera.prefix}_person",
                "on",
            )
        await camera.alarm("doorbell")
        await camera.alarm(0x99)
        alarms = await self.events("camera_push_alarm")
        self.checks.check(
            "camera_push_alarm events",
            [
                "motion",
                "humanoid",
                "smoke_alarm",
                "fire",
                "smoke",
                "baby_crying",
                "absence",
                "doorbell",
                "unknown",
            ],
            [alarm["alarm"] for alarm in alarms],
        )
        self.checks.check("code of the unknown alarm", 0x99, alarms[-1]["code"])
        self.checks.check("the first alarm has a clip", expected=True, found=bool(alarms[0]["clip"]))
        doorbell = await self.home.state(f"event.{camera.prefix}_doorbell")
        self.checks.check("doorbell event entity", "ring", doorbell["attributes"]["event_type"])
        await self.picture(
            "snapshot of the camera",
            f"/api/camera_proxy/camera.{camera.prefix}",
            camera.last_picture,
        )
        await self.expect(f"binary_sensor.{camera.prefix}_motion", "off", 20)

    async def visit(self, demo: DemoFF) -> None:
        """Let a car pass a camera that tells how certain it is."""
        demo.next_car()
        plate = f"sensor.{demo.prefix}_plate"
        await demo.read("new", "47ATOPN", 0.55)
        await self.expect(plate, "47ATOPN")
        await demo.read("update", "47ATDPN", 0.95, carMoveDirection="in")
        await self.expect(plate, "47ATDPN")
        await demo.read("update", "47ATD", 0.3, carMoveDirection="in")
        await demo.read("lost", "47ATDPN", 0.95, carMoveDirection="in")
        await self.reads(
            demo, [("new", "47ATOPN"), ("update", "47ATDPN"), ("update", "47ATD"), ("lost", "47ATDPN")]
        )
        await self.expect(plate, "47ATDPN")
        await self.pictures(demo)

    async def visit_by_ftp(self, demo: DemoFF) -> None:
        """Let a car pass a camera that leaves two pictures of it."""
        demo.next_car()
        await demo.read("new", "47ATDPN", carMoveDirection="in")
        await self.reads(demo, [("new", "47ATDPN"), ("update", "47ATDPN")])
        await self.expect(f"sensor.{demo.prefix}_plate", "47ATDPN")
        await self.pictures(demo)

    async def reads(self, demo: DemoFF, expected: list[tuple[str, str]]) -> None:
        """Check a camera's bus events so far."""

        async def find() -> list[tuple[str, str]]:
            reads = await self.events("camera_push_plate")
            own = [read for read in reads if read["camera_id"] == demo.camera.device_id]
            return [(read["state"], read["plate"]) for read in own]

        await self.checks.eventually(f"plate events of {demo.name} ({demo.transport})", expected, find)

    async def pictures(self, demo: DemoFF) -> None:
        """Check the pictures that a camera's entities show."""
        await self.picture(f"view of {demo.name}", f"/api/camera_proxy/camera.{demo.prefix}", demo.last_view)
        await self.picture(
            f"crop of {demo.name}", f"/api/image_proxy/image.{demo.prefix}_plate_picture", demo.last_crop
        )

    async def gate(self, demo: DemoFF) -> None:
        """Check that the gate opened once for the visits of a known vehicle, and for nobody else."""
        await self.expect("counter.gate_openings", "1")
        await self.expect("binary_sensor.my_car_present", "on")
        await self.expect("device_tracker.my_car", "home")
        known = [
            (read["state"], read["known_vehicle"])
            for read in await self.events("camera_push_plate")
            if read["camera_id"] == demo.camera.device_id
        ]
        self.checks.check(
            "known vehicle in the events",
            [("new", None), ("update", "My car"), ("update", None), ("lost", "My car")],
            known,
        )
        # A stranger; the same car much later, because the camera had kept it; and misread on its way out.
        for plate, direction, ago in (("48ATDPN", "in", 0), ("47ATDPN", "in", 5), ("47AT0PN", "out", 0)):
            demo.next_car()
            for carstate in ("update", "lost"):
                await demo.read(carstate, plate, 0.97, carMoveDirection=direction, ago=timedelta(minutes=ago))
        await self.expect("device_tracker.my_car", "not_home")
        await self.expect("sensor.my_car_last_direction", "out")
        self.checks.check("the gate stayed shut", "1", await self.state("counter.gate_openings"))
        await self.expect("binary_sensor.my_car_present", "off", 20)
        await self.expect("input_boolean.gate", "off", 20)
        # The next visit, with a digit in a letter's place.
        demo.next_car()
        for carstate in ("update", "update", "lost"):
            await demo.read(carstate, "8-MK 4711", 0.9, carMoveDirection="in")
        await self.expect("counter.gate_openings", "2")

    async def persons(self, lobby: DemoOmni) -> None:
        """Let a person be recognised, another one fall, and the connection be lost."""
        await lobby.event("identification", "profile-1", activity_id="a1")
        await self.expect("sensor.lobby_last_person", "Ada")
        await self.expect("binary_sensor.ada_present", "on")
        await self.expect("sensor.ada_last_camera", "Lobby")
        await self.picture("view of the lobby", "/api/camera_proxy/camera.lobby", lobby.last_view)
        await lobby.event("har", action="has_fallen")

        async def last() -> tuple[str, dict[str, Any]]:
            event = (await self.events("camera_push_identification"))[-1]
            return event["type"], event["details"]

        await self.checks.eventually("somebody fell", ("har", {"action": "has_fallen"}), last)
        lobby.platform.refuses_websocket = True
        await lobby.platform.drop()
        await self.expect("event.lobby_identification", "unavailable")
        lobby.platform.refuses_websocket = False
        await lobby.platform.wait_until_connected()
        await self.expect("sensor.lobby_last_person", "Ada")

    async def cloud(self, parking: DemoVxg) -> None:
        """Have an event stored in the cloud, and store one from Home Assistant."""
        parking.happen("motion")
        await self.expect("binary_sensor.parking_motion", "on", 15)
        await self.picture(
            "view of the parking", "/api/image_proxy/image.parking_snapshot", parking.last_view
        )
        event = (await self.events("camera_push_cloud_event"))[-1]
        self.checks.check("camera_push_cloud_event", ("motion", False), (event["name"], event["late"]))
        data = {"device_id": event["device_id"], "name": "motion", "meta": {"by": "the demo"}}
        path = "/api/services/camera_push/vxg_create_event?return_response"
        answer = await self.home.post(path, data)
        self.checks.check("camera_push.vxg_create_event", 9001, answer["service_response"]["id"])
        self.checks.check("event in the cloud", {"by": "the demo"}, parking.server.created[0]["meta"])

    async def repeated_and_late(self, demo: DemoFF) -> None:
        before = len(await self.events("camera_push_plate"))
        event = demo.camera.event("new", carID="9001", plate="ONCE1")
        await demo.camera.send_json(event)
        await demo.camera.send_json(event)
        await demo.read("update", "LATE1", ago=timedelta(minutes=5))
        reads = (await self.events("camera_push_plate"))[before:]
        self.checks.check(
            "a repeated event fires once, an old one is late",
            [("ONCE1", False), ("LATE1", True)],
            [(read["plate"], read["late"]) for read in reads],
        )
        await self.expect(f"sensor.{demo.prefix}_plate", "ONCE1")

    async def refused(self, camera: DemoVStarcam) -> None:
        last_alarm = f"event.{camera.prefix}_alarm"
        before = await self.state(last_alarm)
        reply = await camera.camera.alarm("motion?")
        self.checks.check("answer to a bad alarm", (400, "400"), (reply.status, reply.json["code"]))
        self.checks.check("last alarm after a bad one", before, await self.state(last_alarm))
        reply = await camera.camera.alarm(0x12, b"<html>not a picture</html>")
        self.checks.check("answer to a bad picture", (200, "200"), (reply.status, reply.json["code"]))
        alarm = (await self.events("camera_push_alarm"))[-1]
        self.checks.check(
            "alarm with a bad picture",
            (camera.camera.vuid, "motion", None),
            (alarm["camera_id"], alarm["alarm"], alarm["picture"]),
        )

    async def silence(self, camera: DemoVStarcam) -> None:
        await self.expect(f"binary_sensor.{camera.prefix}_motion", "unavailable", 15)
        for entity in (f"camera.{camera.prefix}", f"event.{camera.prefix}_alarm"):
            await self.expect(entity, "unavailable")
        # What is about the past or about the link itself stays.
        await self.expect(f"image.{camera.prefix}_snapshot", "unknown")
        await self.expect(f"binary_sensor.{camera.prefix}_connectivity", "off")
        lines = [line for line in self.home.log.read_text().splitlines() if "unavailable now" in line]
        self.checks.check("log lines about the silent camera", 1, len(lines))
        await camera.camera.heartbeat()
        await self.expect(f"binary_sensor.{camera.prefix}_motion", "off")
        await self.expect(f"binary_sensor.{camera.prefix}_connectivity", "on")

    async def set_up(self) -> None:
        """Set the front door's camera up through the flow, as the frontend does."""
        entries = await self.home.get("/api/config/config_entries/entry?domain=camera_push")
        entry_id = next(entry["entry_id"] for entry in entries if entry["title"] == "VStarcam")
        cgi, camera = self.cameras.pages.front_door, self.cameras.front_door
        login = {"host": "127.0.0.1", "port": cgi.port, "username": cgi.user, "password": cgi.password}
        flow = await self.home.add_subentry(entry_id, "camera", login, {"heartbeat_seconds": 30})
        self.checks.check("setting up a camera from Home Assistant", "create_entry", flow["type"])
        url = f"{self.home.url}/api/webhook/{camera.camera.webhook_id}"
        self.checks.check("server that the camera pushes to now", url, cgi.servers["alarmPushMainServer"])
        button = "button.front_door_fetch_snapshot_now"
        await self.expect(button, "unknown")
        await self.home.post("/api/services/button/press", {"entity_id": button})
        await self.picture("picture on request", f"/api/camera_proxy/camera.{camera.prefix}", cgi.picture)

    async def cut_url(self) -> None:
        """Push to the URL as a camera keeps it that has 64 characters for it."""
        camera = self.cameras.front_door.camera
        cut_id = f"{self.home.url}/api/webhook/{camera.webhook_id}"[:64].rpartition("/")[2]
        reply = await camera.poster.post(cut_id, b"{}", "application/json")
        self.checks.check("answer to a URL that was cut off", 404, reply.status)
        await self.issues("cut_url", expected=True)

    async def credentials(self) -> None:
        """Ask for a header, come without it ten times, and push a format that nobody knows."""
        entries = await self.home.get("/api/config/config_entries/entry?domain=camera_push")
        entry_id = next(entry["entry_id"] for entry in entries if entry["title"].startswith("CAMMRA"))
        camera = self.cameras.entrance.camera
        secret = "the header's value"
        options = {"authentication": {"kind": "header", "header_value": secret}}
        await self.home.set_options(entry_id, options)
        await self.home.until("binary_sensor.my_car_present", "off")
        statuses = {(await camera.read("update", carID="1")).status for _ in range(10)}
        self.checks.check("answers without the header", {401}, statuses)
        await self.issues("wrong_credentials", expected=True)
        reply = await camera.send_json(camera.event("update", carID="1"), headers=[f"X-Key: {secret}"])
        self.checks.check("answer with the header", 200, reply.status)
        await self.issues("wrong_credentials", expected=False)
        reply = await camera.poster.post(
            camera.webhook_id, b"<anpr/>", "text/xml", headers=[f"X-Key: {secret}"]
        )
        self.checks.check("answer to UTMC", 415, reply.status)
        await self.home.set_options(entry_id, {"authentication": {"kind": "none"}})
        await self.home.until("binary_sensor.my_car_present", "off")

    async def issues(self, kind: str, *, expected: bool) -> None:
        """Check whether there is a repair issue of a kind."""
        async with self.home.websocket() as websocket:

            async def find() -> bool:
                issues = (await websocket.command("repairs/list_issues"))["issues"]
                return any(issue["translation_key"] == kind for issue in issues)

            await self.checks.eventually(f"repair issue {kind}", expected=expected, find=find)

    async def set_up_plates(self) -> None:
        """Set the entrance's camera up: digest login, the first profile and the heartbeat."""
        entries = await self.home.get("/api/config/config_entries/entry?domain=camera_push")
        entry_id = next(entry["entry_id"] for entry in entries if entry["title"].startswith("CAMMRA"))
        cgi, camera = self.cameras.pages.entrance, self.cameras.entrance
        login = {"host": "127.0.0.1", "port": cgi.port, "username": cgi.user, "password": cgi.password}
        profile = {"profile": "1", "device_id": camera.camera.device_id, "events": ["new", "update", "lost"]}
        chosen = profile | {"pictures": True, "second_picture": True, "period": "5"}
        login |= {"ssl": False, "verify_ssl": True}
        flow = await self.home.add_subentry(entry_id, "camera", login, chosen, {})
        self.checks.check("setting up a licence plate camera", "create_entry", flow["type"])
        url = f"{self.home.url}/api/webhook/{camera.camera.webhook_id}"
        self.checks.check("URL in its first profile", url, cgi.url(1))
        self.checks.check("URL in its heartbeat", url, cgi.heartbeat_url)

    async def undo(self) -> None:
        """Remove the camera that was set up, and have its former servers put back by the repair."""
        entries = await self.home.get("/api/config/config_entries/entry?domain=camera_push")
        entry_id = next(entry["entry_id"] for entry in entries if entry["title"] == "VStarcam")
        async with self.home.websocket() as websocket:
            (subentry,) = await websocket.command("config_entries/subentries/list", entry_id=entry_id)
            subentry_id = subentry["subentry_id"]
            await websocket.command(
                "config_entries/subentries/delete", entry_id=entry_id, subentry_id=subentry_id
            )

            async def issue() -> bool:
                issues = (await websocket.command("repairs/list_issues"))["issues"]
                return any(found["issue_id"] == f"undo_setup_{subentry_id}" for found in issues)

            await self.checks.eventually("repair issue of the removed camera", expected=True, find=issue)
        path = "/api/repairs/issues/fix"
        flow = await self.home.post(path, {"handler": "camera_push", "issue_id": f"undo_setup_{subentry_id}"})
        flow = await self.home.post(f"{path}/{flow['flow_id']}", {})
        self.checks.check("the repair", "create_entry", flow["type"])
        servers = self.cameras.pages.front_door.servers
        self.checks.check("server put back", "http://cloud.example/alarm", servers["alarmPushMainServer"])

    async def actions(self) -> None:
        """Call the actions on stored media as an automation does."""
        path = "/api/services/camera_push"
        listed = await self.home.post(f"{path}/list_media?return_response", {"kind": "motion"})
        media = listed["service_response"]["media"]
        kinds = [item["content_type"] for item in media]
        self.checks.check("camera_push.list_media", ["video/mp4", "image/jpeg"], kinds)
        target = self.home.folder / "www" / "exported.mp4"
        target.parent.mkdir()
        data = {"media": media[0]["media"], "filename": str(target)}
        await self.home.post(f"{path}/export_media", data)
        self.checks.check("camera_push.export_media", expected=True, found=target.read_bytes() == clip())
        deleted = await self.home.post(f"{path}/delete_media?return_response", {"kind": "absence"})
        self.checks.check("camera_push.delete_media", {"deleted": 1}, deleted["service_response"])

    async def memory(self) -> None:
        """Send a clip of 200 MiB and see that Home Assistant does not grow by it."""
        size = 200 * 1024 * 1024
        head, piece = mp4(1000), bytes(1024 * 1024)
        camera = self.cameras.nursery.camera
        body = form([*camera.fields(), Field("video", b"@@the clip@@", "clip.mp4")])
        before, after = body.split(b"@@the clip@@")

        async def pieces() -> AsyncIterator[bytes]:
            yield before + head
            for _ in range(size // len(piece)):
                yield piece
            yield bytes(size % len(piece) or 0) + after

        length = len(before) + len(head) + size + len(after)
        baseline = peak = self.home.memory()
        sending = asyncio.create_task(
            camera.poster.post(
                camera.webhook_id,
                b"",
                f"multipart/form-data; boundary={BOUNDARY}",
                length=length,
                pieces=pieces(),
            )
        )
        while not sending.done():
            peak = max(peak, self.home.memory())
            await asyncio.sleep(0.02)
        reply = await sending
        self.checks.check("answer to an alarm with a clip of 200 MiB", 200, reply.status)
        growth = (peak - baseline) / 1024 / 1024
        grew = growth if growth >= 8 else "less than 8 MiB"
        self.checks.check("growth of Home Assistant meanwhile", "less than 8 MiB", grew)
        print(f"[{growth:.1f} MiB]", end="", flush=True)

    async def power_cut(self) -> None:
        """Kill Home Assistant right after pushes were answered; all of it has to be there again."""
        door, entrance = self.cameras.front_door, self.cameras.entrance
        entrance.next_car()
        await entrance.read("new", "PWR 1", 0.99)
        await door.alarm("fire")
        alarm = await self.home.state(f"event.{door.prefix}_alarm")
        await self.home.kill()
        await self.home.start()
        await self.expect(f"sensor.{entrance.prefix}_plate", "PWR1")
        await self.expect(f"binary_sensor.{door.prefix}_fire", "on")
        await self.picture(
            "snapshot after a kill", f"/api/camera_proxy/camera.{door.prefix}", door.last_picture
        )
        again = await self.home.state(f"event.{door.prefix}_alarm")
        before, after = (it["attributes"] for it in (alarm, again))
        self.checks.check("event entity before a kill", "fire", before.get("event_type"))
        self.checks.check("event entity after a kill", before, after)


async def run_once(home: HomeAssistant, cameras: Cameras, browser: str | None) -> bool:
    """Run the scenario and print a table; returns True when all of it came as expected."""
    async with home.websocket() as websocket:
        for kind in ("alarm", "plate", "identification", "cloud_event"):
            await websocket.command("subscribe_events", event_type=f"camera_push_{kind}")
        once = _Once(home, cameras, websocket)
        silent: set[str] = set()
        beating = asyncio.create_task(heartbeats(cameras, silent))
        try:
            await once.expect(f"sensor.{cameras.exit.prefix}_plate", "unknown")
            await name_devices(home, cameras)
            silent.add("garage")
            await once.alarms(cameras.front_door)
            await once.visit(cameras.entrance)
            await once.gate(cameras.entrance)
            await once.visit(cameras.exit)
            await once.visit(cameras.yard)
            await once.visit_by_ftp(cameras.ramp)
            await once.persons(cameras.lobby)
            await once.cloud(cameras.parking)
            await once.repeated_and_late(cameras.exit)
            await once.refused(cameras.nursery)
            await look_into(home, cameras, once.checks)
            await once.silence(cameras.garage)
            silent.clear()
        finally:
            beating.cancel()
    await once.actions()
    await once.memory()
    await once.power_cut()
    beating = asyncio.create_task(heartbeats(cameras, set()))
    try:
        await once.set_up()
        await once.set_up_plates()
        await once.cut_url()
        await once.credentials()
        await once.undo()
        if browser is not None:
            # Imported here: the demo for users needs no browser driver.
            from .browser import check_pages  # noqa: PLC0415

            await check_pages(browser, home, cameras, once.checks)
    finally:
        beating.cancel()
    errors = [
        line
        for line in home.log.read_text().splitlines()
        if (" ERROR " in line or "helpers.frame" in line) and "camera_push" in line
    ]
    once.checks.check("errors and deprecations in the log", [], errors)
    return once.checks.print()
