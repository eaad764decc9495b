"""What `edge check` says of the box's certificate for the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from edge.codec.certificate import read_certificate
from edge.config import Settings
from edge.errors import CodecError


def identity_lines(settings: Settings, now: datetime) -> Iterator[str]:
    """Nothing without a certificate to speak of; a warning where the cloud will not take it."""
    cloud, tid = settings.cloud, settings.terminal.tid
    if cloud is None or cloud.cert_file is None:
        return
    try:
        facts = read_certificate(cloud.cert_file.read_text(encoding="ascii"))
    except FileNotFoundError:
        yield "warning: certificate: none yet, so that there is no cloud; edge enrol gets one"
        return
    except (OSError, UnicodeDecodeError, CodecError) as error:
        yield f"warning: certificate: cannot be read, {error}"
        return
    if facts.name != tid:
        yield f"warning: certificate: it is {facts.name}'s, and [terminal] tid is {tid}; enrol the box anew"
    elif facts.ends_at <= now:
        yield f"warning: certificate: over since {facts.ends_at:%Y-%m-%d}; enrol the box anew"
    else:
        yield f"certificate: {facts.name}, until {facts.ends_at:%Y-%m-%d}, number {facts.serial}"
