"""What the machine says of itself: heat, load, memory, room, open files. What it does not say is left out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Vitals = Mapping[str, int | float | str]
ReadVitals = Callable[[], Vitals]
"""Some tenths of a millisecond; never raises."""

_PROC, _SYS = Path("/proc"), Path("/sys")
_MB = 1024 * 1024
_LISTENS = "0A"


def read_vitals(data_dir: Path, *, proc: Path = _PROC, sys: Path = _SYS) -> Vitals:
    """Flat names of contract G."""
    return dict(_pairs(data_dir, proc, sys))


def _pairs(data_dir: Path, proc: Path, sys: Path) -> Iterator[tuple[str, int | float | str]]:
    heat = _text(sys / "class/thermal/thermal_zone0/temp")
    if heat.lstrip("-").isdigit():
        yield "cpu_c", round(int(heat) / 1000, 1)
    throttled = _text(sys / "devices/platform/soc/soc:firmware/get_throttled")
    if throttled:
        yield "throttled", int(throttled, 16)
    load = _text(proc / "loadavg").split()
    if load:
        yield "load1", float(load[0])
    free = _field(_text(proc / "meminfo"), "MemAvailable:")
    if free is not None:
        yield "mem_free_mb", free // 1024
    status = _text(proc / "self/status")
    for name, key, divisor in (("rss_mb", "VmRSS:", 1024), ("threads", "Threads:", 1)):
        value = _field(status, key)
        if value is not None:
            yield name, value // divisor
    yield "fds", _count(proc / "self/fd")
    yield from _disk(data_dir)
    yield "ports", _listening(proc)


def _disk(data_dir: Path) -> Iterator[tuple[str, int | float]]:
    try:
        room = os.statvfs(data_dir)
    except OSError:
        return
    yield "disk_free_mb", room.f_bavail * room.f_frsize // _MB
    yield "disk_free_pct", round(100 * room.f_bavail / max(1, room.f_blocks), 1)
    yield "ro_fs", int(bool(room.f_flag & os.ST_RDONLY))
    for name, file in (("db_mb", "ledger.db"), ("wal_mb", "ledger.db-wal")):
        try:
            yield name, round((data_dir / file).stat().st_size / _MB, 1)
        except OSError:
            continue


def _listening(proc: Path) -> str:
    """A short mark of the ports that this machine listens on: another one is worth a look."""
    ports = set()
    for table in ("net/tcp", "net/tcp6"):
        for line in _text(proc / table).splitlines()[1:]:
            words = line.split()
            if len(words) > 3 and words[3] == _LISTENS:
                ports.add(int(words[1].rpartition(":")[2], 16))
    return hashlib.sha256(",".join(map(str, sorted(ports))).encode()).hexdigest()[:8]


def _field(text: str, key: str) -> int | None:
    for line in text.splitlines():
        if line.startswith(key):
            word = line[len(key) :].split()[0]
            return int(word) if word.isdigit() else None
    return None


def _count(folder: Path) -> int:
    try:
        return sum(1 for _ in folder.iterdir())
    except OSError:
        return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
