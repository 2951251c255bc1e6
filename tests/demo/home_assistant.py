"""Starts a real Home Assistant on loopback and talks to it as a browser does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import sys
from typing import Any, ClassVar

import aiohttp

from ..options_form import as_form

REPOSITORY = Path(__file__).parents[2]
# Voice packages that Home Assistant imports at start-up: they would have to be compiled, for nobody to use.
STAND_INS = Path(__file__).parent / "stand_ins"
USER = "demo"
PASSWORD = "demo-cameras"  # A throw-away instance on loopback; it is printed for the user.

CONFIGURATION = """\
homeassistant:
  name: Camera Push demo
  internal_url: {url}
  country: DE
  time_zone: Europe/Berlin
  unit_system: metric
  # Not that of the machine, which may be a container with a folder /media.
  media_dirs:
    local: {media}
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
history:
logbook:
media_source:
webhook:
onboarding:
diagnostics:
persistent_notification:
repairs:
system_health:
recorder:
  commit_interval: 1
automation: !include automations.yaml
input_boolean:
  gate:
    name: Gate
    icon: mdi:boom-gate
counter:
  gate_openings:
    name: Gate openings
    icon: mdi:counter
logger:
  default: warning
"""


class HomeAssistantError(Exception):
    """Home Assistant did not start, or refused something."""


# Where Home Assistant is expected to be found.
USUAL_PORT = 8123


def usual_port() -> int:
    """Return Home Assistant's usual port, or one that is free if that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return free_port()
    return USUAL_PORT


def free_port() -> int:
    """Return a port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class HomeAssistant:
    """One instance: its folder, its process and an owner's access to its API."""

    configuration: ClassVar[str] = CONFIGURATION

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder.with_suffix(".log")
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._token = ""

    def prepare(self) -> None:
        """Make a fresh configuration folder; the integration is the one in the working tree."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in (".storage", "media"):
            (self.folder / name).mkdir(parents=True)
        self.log.unlink(missing_ok=True)
        (self.folder / "configuration.yaml").write_text(
            self.configuration.format(url=self.url, port=self.port, media=self.folder / "media")
        )
        # Of the examples, the first: the others are about things that the demo does not have.
        first, _, _ = (
            (REPOSITORY / "docs" / "automations.yaml")
            .read_text()
            .partition("\n- alias: Open the gate for the p")
        )
        (self.folder / "automations.yaml").write_text(f"{first}\n")
        blueprints = REPOSITORY / "custom_components" / "camera_push" / "blueprints"
        shutil.copytree(blueprints, self.folder / "blueprints" / "automation" / "camera_push")
        components = self.folder / "custom_components"
        components.mkdir()
        (components / "camera_push").symlink_to(REPOSITORY / "custom_components" / "camera_push")
        # The owner is made over the API; the other questions of a first start are answered here,
        # because asking them sets up integrations that a demo has no use for.
        done = {"done": ["core_config", "analytics", "integration"]}
        onboarding = {"version": 4, "minor_version": 1, "key": "onboarding", "data": done}
        (self.folder / ".storage" / "onboarding").write_text(json.dumps(onboarding))

    async def start(self) -> None:
        """Start the process and wait until it is up; raises HomeAssistantError."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "homeassistant",
                "--config",
                str(self.folder),
                "--skip-pip",
                env=os.environ | {"PYTHONPATH": str(STAND_INS)},
                # Here, Python would find the working tree's custom_components first.
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._session = aiohttp.ClientSession(self.url)
        for _ in range(1200):
            if self._process.returncode is not None:
                raise HomeAssistantError(f"Home Assistant did not start; see {self.log}")
            try:
                if self._token:
                    if (await self.get("/api/config"))["state"] == "RUNNING":
                        await self._confirm_address()
                        return
                else:
                    async with self._session.get("/api/onboarding") as response:
                        if response.status == 200:
                            await self._create_owner()
            except aiohttp.ClientError, HomeAssistantError:
                pass
            await asyncio.sleep(0.1)
        raise HomeAssistantError(f"Home Assistant was not up after two minutes; see {self.log}")

    async def _confirm_address(self) -> None:
        """Say that Home Assistant is found where it listens: else newer ones go back after five minutes."""
        async with self.websocket() as websocket:
            with suppress(HomeAssistantError):
                await websocket.command("http/config/promote")
            # That the address is in YAML is the demo's business, not that of who looks at it.
            for issue_id in ("deprecated_yaml", "yaml_still_present_after_migration"):
                with suppress(HomeAssistantError):
                    await websocket.command(
                        "repairs/ignore_issue", domain="http", issue_id=issue_id, ignore=True
                    )

    async def _create_owner(self) -> None:
        client_id = f"{self.url}/"
        owner = {
            "client_id": client_id,
            "name": "Demo",
            "username": USER,
            "password": PASSWORD,
            "language": "en",
        }
        assert self._session is not None
        async with self._session.post("/api/onboarding/users", json=owner) as response:
            code = (await response.json())["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
        async with self._session.post("/auth/token", data=grant) as response:
            tokens = await response.json()
        self._token = tokens["access_token"]

    async def kill(self) -> None:
        """End the process as a power cut would: kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Stop Home Assistant cleanly."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            try:
                await asyncio.wait_for(self._process.wait(), 60)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    def memory(self) -> int:
        """Return the process's resident memory in bytes."""
        assert self._process is not None
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    # API

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _call(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        assert self._session is not None
        async with self._session.request(method, path, json=body, headers=self._headers) as response:
            return response.status, await response.read()

    async def get(self, path: str) -> Any:
        """Return what a GET answers; raises HomeAssistantError."""
        status, body = await self._call("GET", path)
        if status != 200:
            raise HomeAssistantError(f"GET {path}: {status}")
        return json.loads(body)

    async def get_bytes(self, path: str) -> bytes | None:
        """Return what a GET answers, None when it fails."""
        status, body = await self._call("GET", path)
        return body if status == 200 else None

    async def post(self, path: str, body: Any) -> Any:
        """Return what a POST answers; raises HomeAssistantError."""
        status, answer = await self._call("POST", path, body)
        if status != 200:
            raise HomeAssistantError(f"POST {path}: {status} {answer[:500]!r}")
        return json.loads(answer)

    async def delete(self, path: str) -> None:
        """Delete something; raises HomeAssistantError."""
        status, _ = await self._call("DELETE", path)
        if status != 200:
            raise HomeAssistantError(f"DELETE {path}: {status}")

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return an entity's state object; empty if there is none."""
        status, body = await self._call("GET", f"/api/states/{entity_id}")
        return json.loads(body) if status == 200 else {}

    async def until(self, entity_id: str, state: str | None) -> None:
        """Wait for an entity's state (None: any) and all entries' set-up; raises HomeAssistantError."""
        for _ in range(300):
            found = (await self.state(entity_id)).get("state")
            if await self.is_loaded() and found is not None and state in (None, found):
                return
            await asyncio.sleep(0.1)
        raise HomeAssistantError(f"{entity_id} did not become {state}; see {self.log}")

    async def is_loaded(self) -> bool:
        """Tell whether all entries are set up."""
        entries = await self.get("/api/config/config_entries/entry?domain=camera_push")
        return all(entry["state"] == "loaded" for entry in entries)

    async def add_entry(self, source: str, *forms: dict[str, Any]) -> dict[str, Any]:
        """Add an entry through the config flow, form by form; returns the flow's result."""
        path = "/api/config/config_entries/flow"
        result = await self.post(path, {"handler": "camera_push"})
        for form in ({"next_step_id": source}, *forms):
            result = await self.post(f"{path}/{result['flow_id']}", form)
        if result["type"] == "form" and result["step_id"] == source:
            # There is one already, and another has to be confirmed.
            result = await self.post(f"{path}/{result['flow_id']}", {})
        if result["type"] != "create_entry":
            raise HomeAssistantError(f"The entry was not added: {result}")
        return result

    async def add_dashboard(self, url_path: str) -> None:
        """Add the dashboard, as "Add dashboard" does."""
        async with self.websocket() as websocket:
            suggested = {"title": "Camera Push", "icon": "mdi:cctv", "show_in_sidebar": True}
            await websocket.command(
                "lovelace/dashboards/create", url_path=url_path, mode="storage", **suggested
            )
            config = {"strategy": {"type": "custom:camera-push"}}
            await websocket.command("lovelace/config/save", url_path=url_path, config=config)

    async def set_options(self, entry_id: str, options: dict[str, Any]) -> None:
        """Fill in an entry's options form."""
        path = "/api/config/config_entries/options/flow"
        flow = await self.post(path, {"handler": entry_id})
        result = await self.post(f"{path}/{flow['flow_id']}", as_form(options))
        if result["type"] != "create_entry":
            raise HomeAssistantError(f"The options were not taken: {result}")

    async def add_subentry(self, entry_id: str, kind: str, *forms: dict[str, Any]) -> dict[str, Any]:
        """Add a subentry through its flow, form by form; returns the flow's result."""
        path = "/api/config/config_entries/subentries/flow"
        result = await self.post(path, {"handler": [entry_id, kind]})
        for form in forms:
            result = await self.post(f"{path}/{result['flow_id']}", form)
        if result["type"] != "create_entry":
            raise HomeAssistantError(f"The {kind} was not taken: {result}")
        return result

    @asynccontextmanager
    async def websocket(self) -> AsyncIterator[WebSocket]:
        """Connect to the WebSocket API."""
        assert self._session is not None
        async with self._session.ws_connect("/api/websocket", max_msg_size=0) as connection:
            await connection.receive_json()
            await connection.send_json({"type": "auth", "access_token": self._token})
            if (await connection.receive_json())["type"] != "auth_ok":
                raise HomeAssistantError("The WebSocket API refused the token")
            yield WebSocket(connection)


class WebSocket:
    """Commands and events over the WebSocket API."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._last_id = 0
        self.events: list[dict[str, Any]] = []

    async def event(self) -> dict[str, Any]:
        """Wait for the next event, and return it."""
        while True:
            message = await self._connection.receive_json(timeout=30)
            if message["type"] == "event":
                return message["event"]

    async def command(self, kind: str, **values: Any) -> Any:
        """Run a command; events that come meanwhile are kept. Raises HomeAssistantError."""
        self._last_id += 1
        await self._connection.send_json({"id": self._last_id, "type": kind, **values})
        while True:
            message = await self._connection.receive_json(timeout=30)
            if message["type"] == "event":
                self.events.append(message["event"])
            elif message["id"] == self._last_id:
                if message["type"] == "pong":
                    return None
                if not message["success"]:
                    raise HomeAssistantError(f"{kind}: {message['error']}")
                return message["result"]
