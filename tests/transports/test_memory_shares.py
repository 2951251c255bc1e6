"""Memory for what is on its way: one address leaves room for others, over FTP and TCP."""

from contextlib import AsyncExitStack
from unittest.mock import patch

from custom_components.camera_push.domain.quota import FREE_BYTES
from tests.common import configure, eventually, free_port
from tests.emulators.ff_ftp import VIEW, FtpClient
from tests.emulators.ff_tcp import TcpLink
from tests.transports.helpers import LOGIN, ftp_state

LARGE = VIEW + bytes(FREE_BYTES + 20_000) + b"\xff\xd9"
# So many bytes of it are kept within the quota.
COUNTED = len(LARGE) - FREE_BYTES


async def test_ftp_files_under_temporary_names(hass, ff_entry, socket_enabled) -> None:
    """An address that never renames anything takes half of the memory, another one a third."""
    number = free_port()
    with patch("custom_components.camera_push.transports.ftp_inbox.MAX_WAITING_BYTES", 6 * COUNTED):
        await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    async with AsyncExitStack() as stack:
        codes = []
        for at in range(4):
            client = await stack.enter_async_context(FtpClient(number, local="127.0.0.7"))
            await client.login()
            codes.append((await client.store(f"gate/{at}.tmp", LARGE))[0])
        assert codes == [226, 226, 226, 451]
        camera = await stack.enter_async_context(FtpClient(number))
        await camera.login()
        assert (await camera.store("gate/a.tmp", LARGE))[0] == 226
        assert (await camera.store("gate/b.jpg", LARGE))[0] == 451
        assert (await camera.store("gate/c.jpg", VIEW))[0] == 226
        other = await stack.enter_async_context(FtpClient(number, local="127.0.0.8"))
        await other.login()
        assert (await other.store("gate/d.jpg", LARGE))[0] == 226
    await eventually(lambda: ftp_state(ff_entry)["waiting_bytes"] == 0)


async def test_tcp_messages_that_do_not_end(hass, ff_entry, ff, plates, socket_enabled) -> None:
    """An address that begins many large messages loses some of its own, and no other one does."""
    number = free_port()
    limit = 4 * FREE_BYTES + 10_000
    with patch("custom_components.camera_push.transports.tcp_json.MAX_WAITING_BYTES", limit):
        await configure(hass, ff_entry, tcp={"port": number, "networks": ["127.0.0.0/8"]})

    def state() -> dict:
        return ff_entry.runtime_data.receivers.state()["tcp"]

    async with AsyncExitStack() as stack:
        for _ in range(4):
            link = await stack.enter_async_context(TcpLink(number, local="127.0.0.7"))
            await link.send_bytes(b'{"a": "' + bytes(2 * FREE_BYTES))
        await eventually(lambda: state()["refused"].get("busy", 0) == 2)
        assert limit / 4 < state()["waiting_bytes"] <= limit / 2
        camera = await stack.enter_async_context(TcpLink(number))
        await camera.send({**ff.event(), "Remark": "x" * 2 * FREE_BYTES})
        await eventually(lambda: len(plates) == 1)
    await eventually(lambda: state()["waiting_bytes"] == 0)
