"""What tests of browsers share."""

from custom_components.camera_push.domain.media_id import MediaId


def path_of(uri: str) -> str:
    """Return the path at which an event's picture or clip is served."""
    media_id = MediaId.parse(uri)
    assert media_id is not None
    return media_id.path


PREFIX = "camera_push/events"


class Card:
    """What a card does."""

    def __init__(self, client) -> None:
        self.client = client

    async def ask(self, command: str, **fields):
        """Return the answer to a command."""
        await self.client.send_json_auto_id({"type": f"{PREFIX}/{command}", **fields})
        while True:
            answer = await self.client.receive_json()
            if answer["type"] == "result":
                return answer

    async def get(self, command: str, **fields):
        """Return the result of a command."""
        answer = await self.ask(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def events(self, **filters) -> list[dict]:
        """Return the newest rows."""
        return (await self.get("list", **filters))["events"]

    async def told(self) -> dict:
        """Return what a subscription tells next."""
        message = await self.client.receive_json()
        assert message["type"] == "event", message
        return message["event"]
