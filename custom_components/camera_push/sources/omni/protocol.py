"""OMNI's event, over websocket and webhook, and as its GraphQL interface returns it.

Only the body of an identification is published; the other types share its keys, and their further
fields are kept as they are.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from ...domain.bounded import bounded, without_login
from ...domain.clock import from_iso
from ...domain.errors import ProtocolError, Refusal
from ...domain.fields import Fields
from ...domain.ids import checked_camera_id
from ...domain.json_body import Json, listed, parse_json
from ...domain.media import PictureRole
from ...domain.messages import DeviceDetails, Identification, Message, PictureLink
from ...transports.push import Arrival, Push

TYPES: Final = ("identification", "non_identification", "har", "roi", "crossing", "face_hide_control")

MAX_EVENT_BYTES: Final = 1024 * 1024
# Of one push; each has pictures to fetch.
MAX_EVENTS: Final = 100
_MAX_WATCHLISTS: Final = 32
_MAX_AGE: Final = 150
_BODY_KEYS: Final = frozenset({"type", "activity_id", "camera", "candidates", "event"})
_EVENT_KEYS: Final = frozenset(
    {"id", "detection_date", "image", "original_image", "image_link", "original_image_link"}
)
_IMAGE_PATH: Final = "/event-service/get-image/"


async def decode(push: Push) -> list[Message]:
    """Return the events in a push; raises ProtocolError."""
    if push.media_type not in ("application/json", "text/json"):
        raise ProtocolError("An event is application/json.", Refusal.FORMAT)

    def decode_text(body: bytes) -> list[Message]:
        push.seen.value = value = parse_json(body)
        # One event or several: how the platform posts them is not documented.
        return [decode_event(push, event) for event in listed(value, MAX_EVENTS)]

    return await push.decoded(decode_text, await push.whole(MAX_EVENT_BYTES, "The event"))


def decode_event(arrival: Arrival, body: Json, *, late: bool | None = None) -> Identification:
    """Return the identification in an event; raises ProtocolError without a type or camera.

    `late` says whether it is about now, None where only its date can tell.
    """
    if not isinstance(body, dict):
        raise ProtocolError("An event is a JSON object.")
    fields = Fields(body)
    camera = fields.fields("camera")
    event = fields.fields("event")
    if (kind := fields.text("type")) is None:
        raise ProtocolError("The field type is missing or empty.")
    candidate = _best_candidate(fields.get("candidates"))
    profile = candidate.fields("profile")
    age = profile.number("age")
    return Identification(
        camera_id=checked_camera_id(camera.text("id"), "camera.id", ascii_only=False),
        received_at=arrival.received_at,
        address=arrival.address,
        details=camera_details(camera),
        type=kind.lower(),
        event_id=event.text("id"),
        activity_id=fields.text("activity_id"),
        profile_id=profile.text("id"),
        watchlists=_watchlists(candidate.get("profile_groups")),
        age=int(age) if age is not None and 0 <= age <= _MAX_AGE else None,
        gender=profile.text("gender"),
        confidence=candidate.confidence("confidence"),
        # Without a zone it is UTC, as the documented sample is.
        captured_at=from_iso(event.text("detection_date"), UTC),
        links=_links(event),
        late=late,
        more=_details(body, event),
    )


def camera_details(camera: Fields) -> DeviceDetails:
    """Return the details of an event's camera, without the login of its stream."""
    return DeviceDetails(name=_clean(camera.text("title", "real_name")), model=_clean(camera.text("type")))


def _clean(text: str | None) -> str | None:
    return without_login(text) if text is not None else None


def _best_candidate(candidates: Json) -> Fields:
    """Return the candidate with the highest confidence."""
    listed = candidates if isinstance(candidates, list) else []
    found = [Fields(item) for item in listed if isinstance(item, dict)]
    return max(found, key=lambda item: item.confidence("confidence") or 0.0, default=Fields({}))


def _watchlists(groups: Json) -> tuple[str, ...]:
    if not isinstance(groups, list):
        return ()
    ids = [Fields(group).text("id") for group in groups if isinstance(group, dict)]
    return tuple(group for group in ids if group is not None)[:_MAX_WATCHLISTS]


def _links(event: Fields) -> tuple[PictureLink, ...]:
    """Return the links of the full frame and the face; an id is enough for one."""
    links = []
    for key, role in (("original_image", PictureRole.SCENE), ("image", PictureRole.FACE)):
        link = event.get(f"{key}_link")
        if isinstance(link, str) and link:
            links.append(PictureLink(link, role))
        elif (image_id := event.text(key)) is not None:
            links.append(PictureLink(f"{_IMAGE_PATH}{image_id}", role))
    return tuple(links)


def _details(body: Mapping[str, Json], event: Fields) -> dict[str, Any]:
    """Return the fields of an event that have no place of their own."""
    rest = {key: value for key, value in body.items() if key not in _BODY_KEYS}
    extra = event.rest(_EVENT_KEYS)
    return bounded({**rest, **({"event": extra} if extra else {})})


def body_of_item(item: Fields) -> dict[str, Json]:
    """Return an item of the GraphQL interface in the form in which events are sent.

    `id`, `date`, `cameraId`, `type` and, in `data`, the ids of the images are documented; where
    the person is in `data` is inferred from the names of the documented filters.
    """
    data = item.fields("data")
    found = data.fields("identification_data")
    candidates = data.get("candidates")
    if candidates is None and (profile_id := found.text("profile_id") or found.fields("profile").text("id")):
        groups = found.get("profile_group_ids")
        candidates = [
            {
                "profile": {"id": profile_id, "age": found.get("age"), "gender": found.get("gender")},
                "profile_groups": [{"id": group} for group in groups] if isinstance(groups, list) else [],
                "confidence": found.get("confidence"),
            }
        ]
    return {
        "type": (item.text("type") or "").lower(),
        "activity_id": data.text("activity_id"),
        "camera": {"id": item.text("cameraId")},
        "candidates": candidates,
        "event": {
            "id": item.text("id"),
            "detection_date": item.text("date"),
            "image": data.fields("$image").text("id"),
            "original_image": data.fields("$original_image").text("id"),
        },
    }
