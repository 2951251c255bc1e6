"""The queries of the platform's GraphQL interfaces, and their answers."""

from collections.abc import Sequence
from datetime import datetime
import json
import re
from typing import Final

from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.platform_names import PlatformNames
from ...transports.http_client import AccessDeniedError, AnswerError

# Access denied comes in an HTTP 200 (seen); its words are not published.
_DENIED: Final = re.compile(
    r"access[ _]?(is[ _])?denied|permission[ _]denied|un-?authori[sz]ed|un-?authenticated"
    r"|not[ _](authori[sz]ed|authenticated)|forbidden|invalid[ _]token",
    re.IGNORECASE,
)
_MAX_ERRORS: Final = 10


def events_query(start: datetime, offset: int, limit: int) -> str:
    """Return the query for a page of the events from then on, oldest first.

    The filter, the order and the pages are documented. Literals, as the type of a date is not.
    """
    return (
        f"query {{ events(filters: {{date: {{gte: {json.dumps(start.isoformat())}}}}}, order: {{date: ASC}}, "
        f"pagination: {{offset: {offset}, limit: {limit}}}) "
        "{ totalCount collectionItems { id date data agentId cameraId type } } }"
    )


def profiles_query(ids: Sequence[str]) -> str:
    """Return the query for the names of profiles and their watchlists (seen)."""
    return (
        f"query {{ profiles(ids: {json.dumps(list(ids))}) "
        "{ collectionItems { id info { name } profileGroups { id title } } } }"
    )


def checked(answer: dict[str, Json]) -> dict[str, Json]:
    """Return an answer without errors; raises AccessDeniedError or AnswerError."""
    errors = answer.get("errors")
    if not isinstance(errors, list) or not errors:
        return answer
    if any(_DENIED.search(text) for error in errors[:_MAX_ERRORS] for text in _words(error)):
        raise AccessDeniedError("access denied")
    raise AnswerError("The answer is an error")


def _words(error: Json) -> list[str]:
    if isinstance(error, str):
        return [error]
    fields = Fields(error if isinstance(error, dict) else {})
    return [text for text in (fields.text("message"), fields.fields("extensions").text("code")) if text]


def items_of(answer: dict[str, Json], kind: str) -> list[Fields]:
    """Return the items of an answer; raises AnswerError."""
    items = Fields(answer).fields("data").fields(kind).get("collectionItems")
    if not isinstance(items, list):
        raise AnswerError(f"The answer has no {kind}")
    return [Fields(item) for item in items if isinstance(item, dict)]


def names_of(answer: dict[str, Json]) -> PlatformNames:
    """Return the names in an answer; raises AnswerError."""
    profiles: dict[str, str] = {}
    watchlists: dict[str, str] = {}
    for item in items_of(answer, "profiles"):
        info = item.fields("info")
        profile, name = item.text("id"), info.text("name")
        if profile is not None and name is not None:
            profiles[profile] = name
        groups = item.get("profileGroups")
        for group in groups if isinstance(groups, list) else ():
            fields = Fields(group if isinstance(group, dict) else {})
            if (group_id := fields.text("id")) is not None and (title := fields.text("title")) is not None:
                watchlists[group_id] = title
    return PlatformNames(profiles, watchlists)
