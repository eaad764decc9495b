"""A port of this machine on which a device may hang: found by looking, never by opening it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit


class PortKind(StrEnum):
    SERIAL = "serial"
    KEYS = "keys"
    PRINTER = "printer"
    SOUND = "sound"
    NAMED = "named"
    """In the settings, and nothing that this machine lists: an address in the network, a simulated device."""


@dataclass(frozen=True, slots=True)
class FoundPort:
    """`address` is what settings name: of all `names` the one that stays when a plug is pulled and put in again.

    `name`: what it calls itself. `usb`: vendor and product such as 0c2e:0901; `identity`: the same with its serial
    number, empty where it has none and nobody can tell two of its kind apart.
    """

    address: str
    kind: PortKind
    name: str
    names: tuple[str, ...]
    usb: str = ""
    identity: str = ""

    @property
    def is_bare(self) -> bool:
        """A serial line of the board's own: whether anything is plugged in there, nobody can see."""
        return self.kind is PortKind.SERIAL and not self.usb


TCP, NODES = "tcp://", "/dev/"
NETWORK = (TCP, "alsa://")
"""Addresses that no list of this machine has, and that a person may type."""
FITTING: dict[PortKind, tuple[str, ...]] = {
    PortKind.SERIAL: ("scanner_serial", "scale_serial", "line_display", "printer_escpos", "locker_"),
    PortKind.KEYS: ("scanner_evdev", "keypad"),
    PortKind.PRINTER: ("printer_escpos",),
    PortKind.SOUND: ("speaker",),
}
"""Drivers, or how the names of several begin, that work on such a port; of NAMED nobody knows. A driver that stands
nowhere here hangs on a serial line.
"""

_NAME = re.compile(r"(?![\d.]+$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
"""Of a host; digits and dots alone are an IP address, or a slip of the finger in one."""


def fits(kind: PortKind, driver: str) -> bool:
    if kind is PortKind.NAMED or _is_of(kind, driver):
        return True
    return kind is PortKind.SERIAL and not any(_is_of(other, driver) for other in FITTING)


def _is_of(kind: PortKind, driver: str) -> bool:
    return any(driver == one or (one.endswith("_") and driver.startswith(one)) for one in FITTING[kind])


def tcp_address(url: str) -> tuple[str, int] | None:
    """Host and port of tcp://host:port; None for what is no such address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port beyond 65535, or a bracket without its partner
        return None
    return (host, port) if host and port else None


def is_address(typed: str) -> bool:
    """Whether something could hang there, by the form of what a person typed: `/dev/…`, or one of NETWORK."""
    if typed.startswith(NODES):
        return ".." not in typed.split("/")
    if not typed.startswith(TCP):
        return typed.startswith(NETWORK)
    found = tcp_address(typed)
    return found is not None and urlsplit(typed).path in ("", "/") and _is_host(found[0])


def _is_host(host: str) -> bool:
    if not _NAME.fullmatch(host):
        try:
            ip_address(host)
        except ValueError:
            return False
    return True


KNOWN: dict[str, tuple[str, str]] = {
    "0c2e": ("Honeywell", ""), "05e0": ("Zebra", ""), "05f9": ("Datalogic", ""), "0416:c141": ("Winbond", ""),
    "04b8": ("Epson", "printer_escpos"), "0483:5743": ("Xprinter", "printer_escpos"),
    "6868": ("Gprinter", "printer_escpos"), "0416:5011": ("58 mm", "printer_escpos"),
    "0fe6:811e": ("58 mm", "printer_escpos"), "28e9:0289": ("58 mm", "printer_escpos"),
    "1fc9:2016": ("58 mm", "printer_escpos"), "1504": ("Bixolon", "printer_escpos"),
    "154f": ("SNBC", "printer_escpos"), "1d90": ("Citizen", "printer_escpos"), "2730": ("Citizen", "printer_escpos"),
    "1a86": ("CH340", "converter"), "0403": ("FTDI", "converter"), "067b": ("Prolific", "converter"),
    "10c4": ("CP210x", "converter"),
}  # fmt: skip
"""By usb, or by its vendor: (whose it is, what it is). A hint: clones copy these numbers (devices.md, table of ids)."""
CONVERTER = "converter"
"""A cable from USB to a serial line: what hangs behind it, nobody can see."""


def likely(port: FoundPort) -> tuple[str, str]:
    """(maker, driver or CONVERTER), both empty where nothing is known; the driver by the kind where only one fits."""
    maker, what = KNOWN.get(port.usb) or KNOWN.get(port.usb.partition(":")[0], ("", ""))
    if what and port.kind is not PortKind.KEYS:
        return maker, what
    usual = {
        PortKind.KEYS: "scanner_evdev", PortKind.PRINTER: "printer_escpos", PortKind.SOUND: "speaker",
        PortKind.SERIAL: "scanner_serial" if port.usb else "",
    }  # fmt: skip
    return maker, usual.get(port.kind, "")
