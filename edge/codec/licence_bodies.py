"""The bodies of store licences' events."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.licence import MAX_SERVICES
from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Count, Day, Seq, Word


class LicenceKeptBody(EventBody):
    """It stands from now on. A withdrawn one lets nothing be sold."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "platform": "alibaba", "no": "A-2026-00817", "ver": 1, "until": "2026-12-31", "services": ["loan", "top_up"],
    }  # fmt: skip

    platform: Word
    no: Word
    ver: Seq
    until: Day
    services: Annotated[tuple[Word, ...], Field(strict=False, max_length=MAX_SERVICES)]
    withdrawn: bool | None = None


class LicenceRefusedBody(EventBody):
    """`platform` is whose it says it is, which is not proven; absent where it says nothing that can be read."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"why": "sig.invalid", "platform": "alibaba"}

    why: Word
    platform: Word | None = None


class LicenceEndingBody(EventBody):
    """The shop was warned, `days` before the end; the day of the warning counts."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "platform": "alibaba", "no": "A-2026-00817", "ver": 1, "until": "2026-12-31", "days": 14,
    }  # fmt: skip

    platform: Word
    no: Word
    ver: Seq
    until: Day
    days: Count


class ServiceBarredBody(EventBody):
    """A service was asked for and not sold, before any money moved."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"service": "ALI_TOP_UP", "platform": "alibaba", "why": "lic.over"}

    service: Word
    platform: Word
    why: Word


LICENCE_BODIES: dict[str, type[EventBody]] = {
    "licence.kept": LicenceKeptBody,
    "licence.refused": LicenceRefusedBody,
    "licence.ending": LicenceEndingBody,
    "licence.barred": ServiceBarredBody,
}
"""Their part of `bodies.BODIES`."""
