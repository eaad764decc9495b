"""What one life of the process hands to its next one over a planned start: in memory, never on the disk.

The process replaces itself (execv), and a file that is only memory stays open meanwhile, as do the sockets at which the
page is asked: whoever knocks between two lives waits for the next one. Who starts otherwise has none.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "edge-handover"
VARIABLE = "EDGE_HANDOVER"
LISTENERS = "EDGE_LISTENERS"
MAX_OCTETS = 64 * 1024
"""Twenty sessions are eight of them."""
MAX_LISTENERS = 4
"""The page has two entrances."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """`listeners` take connections, as yet for nobody; whoever has no use for one closes it."""

    octets: bytes = b""
    listeners: tuple[socket.socket, ...] = ()

    def close(self) -> None:
        for listener in self.listeners:
            listener.close()


def hand_over(octets: bytes, listeners: Sequence[socket.socket] = ()) -> None:
    """For the next life, which begins by `execv` right after."""
    if len(octets) <= MAX_OCTETS:
        file = os.memfd_create(NAME, 0)  # no MFD_CLOEXEC: it is to outlive the exec
        os.write(file, octets)
        os.environ[VARIABLE] = str(file)
    for listener in listeners:
        listener.set_inheritable(True)
    os.environ[LISTENERS] = " ".join(str(listener.fileno()) for listener in listeners)


def handed_over() -> HandedOver:
    """Of the life before; nothing of it reaches a child of this process. Asked once."""
    numbers = os.environ.pop(LISTENERS, "").split()[:MAX_LISTENERS]
    listeners = [_listener(number) for number in numbers]
    return HandedOver(_octets(), tuple(one for one in listeners if one is not None))


def _octets() -> bytes:
    file = _number(os.environ.pop(VARIABLE, ""))
    if file is None:
        return b""
    try:
        if not str(Path(f"/proc/self/fd/{file}").readlink()).startswith(f"/memfd:{NAME}"):
            return b""
    except OSError:
        return b""
    octets = os.pread(file, MAX_OCTETS, 0)
    os.close(file)
    return octets


def _listener(text: str) -> socket.socket | None:
    """None for what takes no connections: it is somebody else's, and stays as it is."""
    file = _number(text)
    try:
        if file is None or not stat.S_ISSOCK(os.fstat(file).st_mode):
            return None
    except OSError:
        return None
    found = socket.socket(fileno=file)
    is_inet = found.family in (socket.AF_INET, socket.AF_INET6)
    if not is_inet or not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.detach()
        return None
    found.set_inheritable(False)
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
