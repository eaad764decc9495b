"""The bodies of events that tell of something refused."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Word

SENTENCE_MAX = 240
"""A line of a file is told, not its content."""

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=SENTENCE_MAX)]


class ServiceRefusedBody(EventBody):
    """Something that was shown or asked for was not done, before any money moved: a slip of another shop or of an order
    that is done, a sum above the limit, an answer that does not fit, or none. `why` is the prompt that was said,
    `soid` the order, loan or parcel to be sent that it is about.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "why": "svc.in_bill", "offer": "ALI_TOP_UP", "soid": "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"
    }  # fmt: skip

    why: Word
    offer: Word | None = None
    soid: Word | None = None


class PlatformRefusedBody(EventBody):
    """The terminal started without the shop's own file of platforms, or without its booklet: what is wrong in it. Of
    several wrong lines each is an event. `file` is its name without its folder.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "file": "own.toml", "line": 7, "what": "'min_fen' in [services.FERRY] is wrong",
        "expected": "a whole number without quotes", "got": '"5"',
    }  # fmt: skip

    file: Sentence
    line: Annotated[int, Field(ge=1)] | None = None
    what: Sentence
    expected: Sentence | None = None
    got: Sentence | None = None


REFUSAL_BODIES: dict[str, type[EventBody]] = {
    "service.refused": ServiceRefusedBody,
    "platform.refused": PlatformRefusedBody,
}
"""Their part of `bodies.BODIES`."""
