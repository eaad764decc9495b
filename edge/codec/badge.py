"""Badges: the owner's card, a courier's, a technician's (product C3).

    O a a a a a a a a a a a a a a a a a a a a a a a a a z     26 characters of base32 (RFC 4648): 128 random bits

z carries three bits of the secret and two that are zero: A E I M Q U Y 4. So three of four misreads of it are seen.
The code is a secret and is kept nowhere: a badge is known by its SHA-256, and called by the first 12 digits of that.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from edge.codec.gtin import WrongCheck
from edge.codec.wire_term import Part, Sha256
from edge.errors import CodecError
from edge.model.badge import Badge, Role

SECRET_BITS = 128
SECRET_OCTETS = SECRET_BITS // 8
ID_LENGTH = 12
"""Of the 64 digits of the hash: two of a shop's few badges never share them."""

_SHAPE = re.compile(r"O([A-Z2-7]{26})")
_LAST = "AEIMQUY4"


class IssueOrder(Part):
    """Arguments of card.issue. With `hash` the code was made elsewhere; without it a slip with one is printed here."""

    role: Literal["owner", "courier", "technician"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]
    hash: Sha256 | None = None
    days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    carrier: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,31}$")] | None = None
    """Of a courier: which carrier's parcels may be taken back with it."""


class RevokeOrder(Part):
    """Arguments of card.revoke: which badge, by its id."""

    badge: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{ID_LENGTH}}}$")]


@dataclass(frozen=True, slots=True)
class BadgeCode:
    """A scanned badge. The text is in no `repr`, so that no log has it."""

    text: str = field(repr=False)

    @property
    def hash(self) -> str:
        """What is kept of it: 64 hexadecimal digits. 128 random bits need no salt and no slow hash."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def find_badge(text: str) -> BadgeCode | WrongCheck | None:
    """A badge, or what is wrong with its last character; None: another kind of code."""
    if _SHAPE.fullmatch(text) is None:
        return None
    return BadgeCode(text) if text[-1] in _LAST else WrongCheck("badge", f"one of {_LAST}", text[-1])


def new_badge_code(chance: Random) -> BadgeCode:
    """A code that nobody can guess. `chance` must be the system's (`random.SystemRandom`)."""
    secret = chance.getrandbits(SECRET_BITS).to_bytes(SECRET_OCTETS)
    return BadgeCode("O" + base64.b32encode(secret).decode().rstrip("="))


def badge_id(hash_text: str) -> str:
    """How people and the cloud call the badge of this hash."""
    return hash_text[:ID_LENGTH]


def read_order(args: Mapping[str, Any], *, issue: bool) -> IssueOrder | RevokeOrder:
    """The arguments of card.issue or card.revoke; raises CodecError that names the one that is wrong."""
    try:
        return IssueOrder.model_validate(args) if issue else RevokeOrder.model_validate(args)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise CodecError(wrong["msg"], where=".".join(map(str, wrong["loc"]))) from error


def badge_document(badge: Badge) -> dict[str, str]:
    """A badge as its document; what is not given is absent."""
    document = {"hash": badge.hash, "role": badge.role.value, "name": badge.name, "issued_at": _text(badge.issued_at)}
    if badge.expires_at is not None:
        document["expires_at"] = _text(badge.expires_at)
    if badge.revoked_at is not None:
        document["revoked_at"] = _text(badge.revoked_at)
    if badge.carrier:
        document["carrier"] = badge.carrier
    if badge.id != badge_id(badge.hash):  # a courier's whose app shows another code each time
        document["id"] = badge.id
    return document


def read_badge(document: Any) -> Badge:
    """The reverse; raises CodecError for a document that is not ours."""
    if not isinstance(document, Mapping):
        raise CodecError("a badge is a document", got=repr(document)[:40])
    try:
        role, hash_text = Role(document["role"]), str(document["hash"])
        issued, expires, revoked = (_moment(document.get(key)) for key in ("issued_at", "expires_at", "revoked_at"))
    except (KeyError, ValueError, TypeError) as error:
        raise CodecError("this badge cannot be read", got=str(error)[:80]) from error
    if issued is None or re.fullmatch("[0-9a-f]{64}", hash_text) is None:
        raise CodecError("this badge cannot be read", expected="issued_at and a hash of 64 digits")
    name, carrier = str(document.get("name", "")), str(document.get("carrier", ""))
    own_id = str(document.get("id", badge_id(hash_text)))
    if re.fullmatch(rf"[0-9a-f]{{{ID_LENGTH}}}", own_id) is None:
        raise CodecError("this badge cannot be read", expected=f"an id of {ID_LENGTH} digits", got=own_id[:20])
    return Badge(own_id, hash_text, role, name, issued, expires, revoked, carrier)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
