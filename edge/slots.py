"""The slots of the appliance as RAUC tells them: asked, never ordered."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence

from edge.codec.rauc_status import read_rauc_status
from edge.errors import CodecError
from edge.model.software import Slot

PATIENCE_S = 5.0
"""It asks a service that may start first."""
_STATUS = ("status", "--detailed", "--output-format=json")


def read_slots(find: Callable[[str], str | None] = shutil.which) -> Sequence[Slot] | None:
    """None: this box has no RAUC; empty: it has, and does not say."""
    program = find("rauc")
    if program is None:
        return None
    try:
        told = subprocess.run([program, *_STATUS], capture_output=True, timeout=PATIENCE_S, check=True)
        return read_rauc_status(told.stdout)
    except (OSError, subprocess.SubprocessError, CodecError):
        return ()
