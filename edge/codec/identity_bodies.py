"""The bodies of events about who the box is, and whether it was handed over."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Moment, Part, Word
from edge.model.first_setup import MAX_TRIED

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


class TriedPart(Part):
    """One part of the counter: `works` as the box found it, `seen` what a person said of it; `dev` of what is there.
    `untried`: it is there, but nothing was heard of it, and nobody said that it works.
    """

    dev: Word | None = None
    part: Word
    works: Literal["works", "failed", "untried", "absent"]
    code: Word | None = None
    seen: bool | None = None


class SetupCheckedBody(EventBody):
    """All devices were tried at the end of an installation, by the account `by`. A box without one that is `well` was
    not handed over; nothing failed in one that is, and nothing was left untried.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "app": "0.1.0", "by": "technician", "well": False,
        "parts": [
            {"dev": "receipt_printer", "part": "printer", "works": "works", "seen": True},
            {"dev": "receipt_printer", "part": "drawer", "works": "failed", "code": "hw.printer_offline"},
            {"dev": "counter_scanner", "part": "scanner", "works": "untried"},
            {"part": "scale", "works": "absent"},
        ],
    }  # fmt: skip

    app: Word
    by: Word
    well: bool
    parts: Annotated[list[TriedPart], Field(max_length=2 * MAX_TRIED)]


IDENTITY_BODIES: dict[str, type[EventBody]] = {
    "cert.renewed": CertificateRenewedBody,
    "setup.checked": SetupCheckedBody,
}
