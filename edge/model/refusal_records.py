"""Records of what was refused before anything came of it: at a desk of services, and of the shop's own files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class ServiceRefused:
    """Something that was shown or asked for at a desk of services was not done; no money moved.

    `why`: the prompt that was said. `offer`, `order`: ids as far as they are known, else empty.
    """

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "service.refused"
    why: str
    offer: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class PlatformRefused:
    """The terminal started without a file of the shop's: `what` is wrong in `line` of it, 0 where no line says it."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "platform.refused"
    file: str
    line: int
    what: str
    expected: str = ""
    got: str = ""


RefusalRecord = ServiceRefused | PlatformRefused
