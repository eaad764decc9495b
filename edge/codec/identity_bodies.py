"""The bodies of events about who the box is."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Moment

Number = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class CertificateRenewedBody(EventBody):
    """The new one is in use; the old one may be revoked a day later."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "old": "3f6d2c12bc22cf1eaa91ce9863b2e2e14fc09e1a", "new": "5a1b0cc9de3c0f8e51e3ff7ba3347cd4b2aa0d17",
        "ends": "2027-12-28T20:45:48.000Z",
    }  # fmt: skip

    old: Number
    new: Number
    ends: Moment


IDENTITY_BODIES: dict[str, type[EventBody]] = {"cert.renewed": CertificateRenewedBody}
