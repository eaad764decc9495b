"""What the kernel says of a running process: CPU, memory, bytes written to the disk."""

from __future__ import annotations

import re
from pathlib import Path

NS = 1_000_000_000


def cpu_s(pid: int) -> float:
    """CPU seconds of the threads that live, to the nanosecond; what ended threads used is not in it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that ended since the folder was listed
    return total / NS


def rss_kb(pid: int) -> int:
    return _status_kb(pid, "VmRSS")


def peak_rss_kb(pid: int) -> int:
    return _status_kb(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Let the peak begin anew from what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def written_octets(pid: int) -> int:
    """What this process had the kernel write to the disk, as whole pages, without the file system's own journal."""
    return _found(Path(f"/proc/{pid}/io"), r"\bwrite_bytes: (\d+)")


def _status_kb(pid: int, key: str) -> int:
    return _found(Path(f"/proc/{pid}/status"), rf"{key}:\s+(\d+) kB")


def _found(path: Path, pattern: str) -> int:
    found = re.search(pattern, path.read_text())
    if found is None:
        raise LookupError(f"{path} has no {pattern}")
    return int(found[1])
