"""A store licence as it is signed: a JWS of type licence+jws, by a key of its platform (product decision 9).

    {"no": "A-2026-00817", "ver": 1, "platform": "alibaba", "brand": "天猫小店", "store": "S-00817",
     "tid": "T7K3M9Q2", "services": ["top_up", "loan"], "from": "2026-01-01", "until": "2026-12-31"}

A kid says whose key it is: the platform's name alone, or with more behind a dash, such as alibaba-2026. To withdraw a
licence is to sign the same once more, `ver` one higher, with `"withdrawn": true`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from edge.codec.jws import claimed_payload, read_jws, write_jws
from edge.codec.wire import checked
from edge.codec.wire_term import Day, Part, Seq, Text, Tid, Word
from edge.errors import WireError
from edge.model.licence import Licence

LICENCE_TYP = "licence+jws"
MAX_OCTETS = 4_096
"""Of a signed one; with 40 services it has 2,000."""
MAX_SERVICES = 40
PLATFORM = r"^[a-z][a-z0-9_]{1,23}$"


class LicenceBody(Part):
    """What is signed. `tid` left out: each terminal of the store. `services`: kinds, or ids of single ones."""

    no: Word
    ver: Seq
    platform: Annotated[str, StringConstraints(pattern=PLATFORM)]
    brand: Text
    store: Word
    tid: Tid | None = None
    services: Annotated[tuple[Word, ...], Field(strict=False, max_length=MAX_SERVICES)]
    begins: Day = Field(alias="from")
    until: Day
    withdrawn: bool = False


def read_licence(text: str, keys: Mapping[str, bytes]) -> Licence:
    """Raises WireError: not signed by a key of the platform that it names, or no licence."""
    if len(text) > MAX_OCTETS:
        raise WireError("proto.too_large", "this is no licence", expected=f"at most {MAX_OCTETS}", got=str(len(text)))
    body = checked(LicenceBody, read_jws(text, keys, typ=LICENCE_TYP), where="a licence")
    read_jws(text, keys_of(body.platform, keys), typ=LICENCE_TYP)
    return Licence(
        body.no, body.ver, body.platform, body.brand, body.store, body.tid or "", frozenset(body.services),
        _day(body.begins), _day(body.until), body.withdrawn,
    )  # fmt: skip


def write_licence(licence: Licence, *, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The reverse; `sign` gives 64 octets of Ed25519."""
    body: dict[str, object] = {
        "no": licence.number, "ver": licence.version, "platform": licence.platform, "brand": licence.brand,
        "store": licence.store, "services": sorted(licence.services), "from": licence.begins.isoformat(),
        "until": licence.ends.isoformat(),
    }  # fmt: skip
    body |= {"tid": licence.terminal} if licence.terminal else {}
    body |= {"withdrawn": True} if licence.withdrawn else {}
    return write_jws(body, kid=kid, sign=sign, typ=LICENCE_TYP)


def keys_of(platform: str, keys: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {kid: key for kid, key in keys.items() if kid.partition("-")[0] == platform}


def claimed_platform(text: str) -> str:
    """Which platform's it says it is, whoever signed it; empty where nothing can be read."""
    claimed = claimed_payload(text[:MAX_OCTETS]).get("platform")
    return claimed if isinstance(claimed, str) else ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WireError("schema.invalid", "a licence's day is no day", expected="YYYY-MM-DD", got=text) from error
