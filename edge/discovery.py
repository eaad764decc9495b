"""What is plugged in: read from the lists of the kernel and of udev, and no port is opened (design 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.kernel_lists import MAX_WORDS, children, text, usb_above, words
from edge.model.found_port import FoundPort, PortKind

MAX_PORTS = 64
_ON_BOARD = re.compile(r"tty(S|AMA)\d{1,3}")
_CARD = re.compile(r"^ *\d+ \[(\w+) *\]: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Discovery:
    """`root`: where dev, sys and proc are."""

    root: Path = Path("/")

    def look(self) -> tuple[FoundPort, ...]:
        """What cannot be read is not there; no USB hub with a fault keeps the rest from being seen."""
        found = [*self._serial(), *self._keys(), *self._printers(), *self._sound()]
        return tuple(found[:MAX_PORTS])

    def _serial(self) -> Iterator[FoundPort]:
        links = self._links("dev/serial")
        for tty in sorted(links.keys() | self._on_board()):
            yield self._port(PortKind.SERIAL, f"/dev/{tty}", links.get(tty, ()), self.root / "sys/class/tty" / tty)

    def _on_board(self) -> set[str]:
        """UARTs that exist: the kernel lists more than there are, and those have the type 0."""
        ports = (one.name for one in children(self.root / "sys/class/tty") if _ON_BOARD.fullmatch(one.name))
        return {name for name in ports if words(self.root / "sys/class/tty" / name / "type") not in ("", "0")}

    def _keys(self) -> Iterator[FoundPort]:
        for node, links in sorted(self._links("dev/input", "-event-kbd").items()):
            yield self._port(PortKind.KEYS, f"/dev/input/{node}", links, self.root / "sys/class/input" / node)

    def _printers(self) -> Iterator[FoundPort]:
        for node in children(self.root / "dev/usb"):
            if re.fullmatch(r"lp\d+", node.name):
                own = self.root / "sys/class/usbmisc" / node.name
                yield self._port(PortKind.PRINTER, f"/dev/usb/{node.name}", (), own)

    def _sound(self) -> Iterator[FoundPort]:
        for name, told in _CARD.findall(text(self.root / "proc/asound/cards", 10_000)):
            address = f"alsa://plughw:{name}"
            yield FoundPort(address, PortKind.SOUND, told.strip()[:MAX_WORDS], (address,))

    def _port(self, kind: PortKind, node: str, links: tuple[str, ...], entry: Path) -> FoundPort:
        usb = usb_above(entry)
        if usb is None:
            name = words(entry / "device/name") or node.rpartition("/")[2]
            return FoundPort(links[0] if links else node, kind, name, (*links, node))
        ids = f"{words(usb / 'idVendor')}:{words(usb / 'idProduct')}"
        serial = words(usb / "serial")
        name = " ".join(filter(None, (words(usb / "manufacturer"), words(usb / "product")))) or ids
        # Two of a kind without serial numbers share one name by id: then the socket tells them apart.
        order = sorted(links, key=lambda link: ("/by-id/" in link) is not bool(serial))
        address = order[0] if order else node
        return FoundPort(address, kind, name, (*order, node), ids, f"{ids}:{serial}" if serial else "")

    def _links(self, folder: str, ending: str = "") -> dict[str, tuple[str, ...]]:
        """Node → its lasting names."""
        found: dict[str, tuple[str, ...]] = {}
        for way in ("by-id", "by-path"):
            for link in children(self.root / folder / way):
                if link.is_symlink() and link.name.endswith(ending):
                    node = link.readlink().name
                    found[node] = (*found.get(node, ()), f"/{folder}/{way}/{link.name}")
        return found
