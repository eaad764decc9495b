"""Sessions over a planned start: whoever changed a setting at the page is not asked for the password again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from edge.model.account import Role
from edge.web.login import MAX_SESSIONS, Session
from edge.web.site import Notice

_log = logging.getLogger("edge.web")


class _Handed(BaseModel):
    """What a session keeps; times are of the monotonic clock, which a process does not begin anew."""

    model_config = ConfigDict(extra="forbid")

    token: str
    account: Role
    hash: str
    csrf: str
    begun: float
    used: float
    printed: bool
    notice: Notice | None = None
    """Of what was done just before, which no page has told yet."""
    refused: tuple[str, str] = ("", "")


_ALL = TypeAdapter(list[_Handed])


def pack_sessions(sessions: Iterable[Session]) -> bytes:
    return _ALL.dump_json([_Handed(**{name: getattr(one, name) for name in _Handed.model_fields}) for one in sessions])


def unpack_sessions(octets: bytes) -> Iterator[Session]:
    """None of what this process did not pack itself."""
    if not octets:
        return
    try:
        handed = _ALL.validate_json(octets)
    except ValidationError as error:
        _log.warning("sessions of the life before are lost, all log in again: %s", error)
        return
    for one in handed[-MAX_SESSIONS:]:
        yield Session(**{name: getattr(one, name) for name in _Handed.model_fields})
