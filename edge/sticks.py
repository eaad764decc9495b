"""USB sticks that are mounted: read from the lists of the kernel and of udev (ADR 36).

Nothing is mounted here: `systemd/edge-usb@.service` does that. What the box itself lives on is no stick, though it may
hang on USB.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.kernel_lists import MAX_WORDS, children, printable, text, usb_above, words
from edge.model.stick import Stick, key_of

PLACES = ("/run/edge-terminal/usb/", "/media/", "/run/media/")
"""Below the first a box mounts them, below the others a laptop on which the demo runs."""
MAX_STICKS = 8
MAX_MOUNTS = 256 * 1024
"""Octets of the kernel's list: some thousand mounts."""
_OCTAL, _HEX = re.compile(rb"\\([0-7]{3})"), re.compile(rb"\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Sticks:
    """`root`: where dev, sys, proc and what is mounted are."""

    root: Path = Path("/")

    def look(self) -> tuple[Stick, ...]:
        """Called by any thread. A stick that does not answer is not there."""
        mounts = list(_mounts(text(self.root / "proc/self/mountinfo", MAX_MOUNTS)))
        own = {self._disk(mount.device) for mount in mounts if not mount.point.startswith(PLACES)}
        found: dict[str, Stick] = {}
        for mount in mounts:
            disk = self._disk(mount.device)
            if disk is None or disk in own or not mount.point.startswith(PLACES) or not _can_be_pulled(disk):
                continue
            if (stick := self._stick(mount, disk)) is not None:
                found[mount.point] = stick  # what was mounted last lies above
        return tuple(found.values())[:MAX_STICKS]

    def _disk(self, device: str) -> Path | None:
        """The whole disk of a block device; None: it is none, or is gone."""
        entry = self.root / "sys/dev/block" / device
        if not entry.exists():
            return None
        real = entry.resolve()
        return real.parent if (real / "partition").exists() else real

    def _stick(self, mount: _Mount, disk: Path) -> Stick | None:
        folder = self.root / mount.point.lstrip("/")
        try:
            space = os.statvfs(folder)
        except OSError:
            return None
        node = (self.root / "sys/dev/block" / mount.device).resolve().name
        usb = usb_above(disk)
        model = words(usb / "product") if usb is not None else ""
        return Stick(
            key_of(mount.number, mount.device, self._named("uuid", node)),
            self._named("label", node) or model or node, str(folder), mount.device,
            space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize,
            read_only=mount.read_only or not os.access(folder, os.W_OK),
        )  # fmt: skip

    def _named(self, way: str, node: str) -> str:
        """What udev knows a partition by; empty: it has none, or somebody else's stick has the same."""
        for link in children(self.root / "dev/disk" / f"by-{way}"):
            if link.is_symlink() and link.readlink().name == node:
                octets = _HEX.sub(lambda found: bytes([int(found[1], 16)]), os.fsencode(link.name))
                return printable(octets.decode("utf-8", "replace").strip()[:MAX_WORDS])
        return ""


@dataclass(frozen=True, slots=True)
class _Mount:
    number: str
    device: str
    point: str
    read_only: bool


def _mounts(told: str) -> Iterator[_Mount]:
    """36 35 8:1 / /run/edge-terminal/usb/sda1 rw,nosuid - vfat /dev/sda1 rw,flush"""
    for line in told.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if len(fields) >= 6 and len(kind) >= 3:
            read_only = "ro" in fields[5].split(",") or "ro" in kind[2].split(",")
            yield _Mount(fields[0], fields[2], _unescaped(fields[4]), read_only)


def _unescaped(point: str) -> str:
    octets = _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), point.encode("utf-8", "surrogateescape"))
    return os.fsdecode(octets)


def _can_be_pulled(disk: Path) -> bool:
    return words(disk / "removable") == "1" or usb_above(disk) is not None
