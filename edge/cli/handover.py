"""What one life of the process hands to its next one over a planned start: in memory, never on the disk.

The process replaces itself (execv), and a file that is only memory stays open meanwhile. Who starts otherwise has none.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "edge-handover"
VARIABLE = "EDGE_HANDOVER"
MAX_OCTETS = 64 * 1024
"""Twenty sessions are eight of them."""


def hand_over(octets: bytes) -> None:
    """For the next life, which begins by `execv` right after."""
    if len(octets) > MAX_OCTETS:
        return
    file = os.memfd_create(NAME, 0)  # no MFD_CLOEXEC: it is to outlive the exec
    os.write(file, octets)
    os.environ[VARIABLE] = str(file)


def handed_over() -> bytes:
    """Of the life before; empty: there was none, or it had nothing to give. Asked once."""
    number = os.environ.pop(VARIABLE, "")
    if not number.isascii() or not number.isdigit():
        return b""
    file = int(number)
    try:
        if not str(Path(f"/proc/self/fd/{file}").readlink()).startswith(f"/memfd:{NAME}"):
            return b""
    except OSError:
        return b""
    octets = os.pread(file, MAX_OCTETS, 0)
    os.close(file)
    return octets
