"""Child processes that never outlive the tests: a run that is killed leaves nobody who holds its ports and ptys."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")
"""The kernel's "kill me when my parent dies" means the parent thread; this one lives as long as the tests."""
_LEASH = [path, "--pdeathsig", "KILL"] if (path := shutil.which("setpriv")) else []


def start(command: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
    """As `subprocess.Popen`."""

    def popen() -> subprocess.Popen[bytes]:
        return subprocess.Popen([*_LEASH, *command], **more)

    return _STARTER.submit(popen).result()
