"""What is plugged in, over a real tree of files and links as udev and the kernel make it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.discovery import Discovery
from edge.model.found_port import FoundPort, PortKind, fits, likely


class Machine:
    """A folder with dev, sys and proc; things are plugged in and out."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str = "") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def link(self, path: str, to: Path) -> None:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(to, link.parent))

    def usb(self, bus: str, ids: str, product: str = "", serial: str = "") -> str:
        own = f"sys/devices/pci0/usb1/{bus}"
        vendor, _, model = ids.partition(":")
        for name, text in (("idVendor", vendor), ("idProduct", model), ("product", product), ("serial", serial)):
            if text:
                self.write(f"{own}/{name}", f"{text}\n")
        return own

    def serial(self, tty: str, bus: str, by_id: str, ids: str, product: str = "", serial: str = "") -> None:
        own = f"{self.usb(bus, ids, product, serial)}/{bus}:1.0/{tty}/tty/{tty}"
        self.write(f"{own}/dev", "188:0\n")
        self.link(f"sys/class/tty/{tty}", self.root / own)
        self.write(f"dev/{tty}")
        self.link(f"dev/serial/by-path/pci-usb-0:{bus}", self.root / "dev" / tty)
        if not (self.root / "dev/serial/by-id" / by_id).is_symlink():
            self.link(f"dev/serial/by-id/{by_id}", self.root / "dev" / tty)

    def look(self) -> list[FoundPort]:
        return list(Discovery(self.root).look())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_serial_scanner_is_named_by_what_stays_when_it_moves(machine: Machine) -> None:
    machine.serial("ttyACM0", "1-2", "usb-Honeywell_1900_ABC-if00", "0c2e:0901", "1900", "ABC")
    (port,) = machine.look()
    assert port.address == "/dev/serial/by-id/usb-Honeywell_1900_ABC-if00"
    assert port.names == (port.address, "/dev/serial/by-path/pci-usb-0:1-2", "/dev/ttyACM0")
    assert (port.kind, port.name, port.usb) == (PortKind.SERIAL, "1900", "0c2e:0901")
    assert port.identity == "0c2e:0901:ABC" and likely(port) == ("Honeywell", "scanner_serial")


def test_two_of_a_kind_without_serial_numbers_are_told_apart_by_their_sockets(machine: Machine) -> None:
    for tty, bus in (("ttyUSB0", "1-1"), ("ttyUSB1", "1-3")):
        machine.serial(tty, bus, "usb-1a86_USB_Serial-if00", "1a86:7523", "USB Serial")
    assert [port.address for port in machine.look()] == [
        "/dev/serial/by-path/pci-usb-0:1-1", "/dev/serial/by-path/pci-usb-0:1-3",
    ]  # fmt: skip
    assert {port.identity for port in machine.look()} == {""}
    assert likely(machine.look()[0]) == ("CH340", "converter")


def test_only_uarts_that_exist_are_shown(machine: Machine) -> None:
    for number, kind in ((0, "4"), (1, "0")):
        machine.write(f"sys/devices/platform/serial/tty/ttyS{number}/type", kind)
        machine.link(f"sys/class/tty/ttyS{number}", machine.root / f"sys/devices/platform/serial/tty/ttyS{number}")
    machine.write("sys/devices/virtual/tty/tty1/dev")
    machine.link("sys/class/tty/tty1", machine.root / "sys/devices/virtual/tty/tty1")
    (port,) = machine.look()
    assert (port.address, port.usb, likely(port)) == ("/dev/ttyS0", "", ("", ""))


def test_a_keyboard_a_printer_and_a_sound_card(machine: Machine) -> None:
    own = f"{machine.usb('1-4', '05e0:1200', 'Symbol Scanner', '77')}/1-4:1.0/input/input3/event3"
    machine.write(f"{own}/dev")
    machine.link("sys/class/input/event3", machine.root / own)
    machine.write("dev/input/event3")
    machine.link("dev/input/by-id/usb-Symbol_77-event-kbd", machine.root / "dev/input/event3")
    machine.link("dev/input/by-id/usb-Symbol_77-event-mouse", machine.root / "dev/input/event3")
    paper = f"{machine.usb('1-5', '0416:5011', 'POS58')}/1-5:1.0/usbmisc/lp0"
    machine.write(f"{paper}/dev")
    machine.link("sys/class/usbmisc/lp0", machine.root / paper)
    machine.write("dev/usb/lp0")
    machine.write("dev/usb/hiddev0")
    machine.write("proc/asound/cards", " 0 [Device         ]: USB-Audio - USB Audio\n          C-Media at usb\n")
    found = machine.look()
    assert [(port.kind, port.address) for port in found] == [
        (PortKind.KEYS, "/dev/input/by-id/usb-Symbol_77-event-kbd"), (PortKind.PRINTER, "/dev/usb/lp0"),
        (PortKind.SOUND, "alsa://plughw:Device"),
    ]  # fmt: skip
    assert [likely(port)[1] for port in found] == ["scanner_evdev", "printer_escpos", "speaker"]
    assert found[2].name == "USB-Audio - USB Audio"


def test_nothing_plugged_in_and_nothing_to_read_is_nothing_found(machine: Machine) -> None:
    assert machine.look() == []
    machine.write("sys/class/tty", "no folder")
    machine.link("dev/usb", machine.root / "dev/usb")
    assert machine.look() == []


def test_names_that_are_no_text_hurt_nobody(machine: Machine) -> None:
    machine.serial("ttyACM0", "1-2", "usb-x-if00", "0c2e:0901", "x" * 5000, "A\x00\x1b[2J")
    (machine.root / "sys/devices/pci0/usb1/1-2/manufacturer").write_bytes(b"\xff\xfe\n")
    (port,) = machine.look()
    assert len(port.name) < 210 and port.name.isprintable() and port.identity.isprintable()


def test_no_port_is_opened(machine: Machine) -> None:
    machine.serial("ttyACM0", "1-2", "usb-x-if00", "0c2e:0901", "x", "A")
    fifo = machine.root / "dev/ttyACM0"
    fifo.unlink()
    os.mkfifo(fifo)  # whoever opened it would wait for ever
    assert len(machine.look()) == 1


def test_what_fits_where() -> None:
    assert fits(PortKind.SERIAL, "locker_cu16") and fits(PortKind.SERIAL, "scanner_serial")
    assert not fits(PortKind.SERIAL, "scanner_evdev") and not fits(PortKind.PRINTER, "scale_serial")
    assert fits(PortKind.NAMED, "scale_serial")
    assert fits(PortKind.SERIAL, "call_button") and not fits(PortKind.PRINTER, "call_button")
