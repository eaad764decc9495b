"""Records of who the box is to the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class CertificateRenewed:
    """The cloud has welcomed the box with it, and it is in use. `old`, `new`: numbers, 40 hexadecimal digits."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cert.renewed"
    old: str
    new: str
    ends_at: datetime


IdentityRecord = CertificateRenewed
