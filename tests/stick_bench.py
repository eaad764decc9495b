"""Sticks as the kernel and udev list them, over a real tree of files and links; what lies on one is real, too."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from edge.model.stick import Stick
from edge.sticks import Sticks

USB = "/run/edge-terminal/usb"


def device_of(folder: Path) -> str:
    device = folder.stat().st_dev
    return f"{os.major(device)}:{os.minor(device)}"


class StickMachine:
    """A folder with dev, sys, proc and what is mounted; sticks are plugged in and pulled out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mounts: dict[str, str] = {}
        self._told()

    @property
    def sticks(self) -> Sticks:
        return Sticks(self.root)

    def look(self) -> tuple[Stick, ...]:
        return self.sticks.look()

    def plug(
        self, node: str = "sda1", *, label: str = "KINGSTON", point: str = "", device: str = "", usb: bool = True,
        removable: str = "1", options: str = "rw", uuid: str = "",
    ) -> Path:  # fmt: skip
        """The folder where its files are. `device`: of a stick from which no file is asked; else that of the folder."""
        point = point or f"{USB}/{node}"
        folder = self.root / point.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        device = device or device_of(folder)
        disk = self._disk(node.rstrip("0123456789"), removable, usb=usb)
        if node != disk.name:
            self._write(disk / node / "partition", "1\n")
        self._link(self.root / "sys/dev/block" / device, disk / node if node != disk.name else disk)
        for way, name in (("label", label), ("uuid", uuid or f"UUID-{node}")):
            if name:
                self._link(self.root / f"dev/disk/by-{way}" / name, self.root / "dev" / node)
        number = 40 + len(self._mounts)
        at = point.replace("\\", "\\134").replace(" ", "\\040")
        self._mounts[node] = f"{number} 25 {device} / {at} {options},nosuid - vfat /dev/{node} rw,flush"
        self._told()
        return folder

    def pull(self, node: str = "sda1") -> None:
        """As the unit leaves it: unmounted, and no folder."""
        place = self._mounts.pop(node).split(" ")
        shutil.rmtree(self.root / place[4].lstrip("/"))
        (self.root / "sys/dev/block" / place[2]).unlink()
        for link in (self.root / "dev/disk").glob("by-*/*"):
            if link.readlink().name == node:
                link.unlink()
        self._told()

    def _disk(self, name: str, removable: str, *, usb: bool) -> Path:
        above = self.root / ("sys/devices/pci0/usb1/1-2" if usb else "sys/devices/pci0/ata1")
        if usb:
            self._write(above / "idVendor", "0951\n")
            self._write(above / "product", "DataTraveler 3.0\n")
        disk = above / f"host0/block/{name}"
        self._write(disk / "removable", f"{removable}\n")
        return disk

    def _told(self) -> None:
        usual = "25 1 0:22 / / rw,relatime shared:1 - overlay overlay rw\n"
        self._write(self.root / "proc/self/mountinfo", usual + "".join(f"{line}\n" for line in self._mounts.values()))

    def _write(self, file: Path, words: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, encoding="utf-8")

    def _link(self, link: Path, to: Path) -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(to, link.parent))
