"""The devices on the counter, on real cables, and the hands on them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from edge.codec.badge import BadgeCode, find_badge
from edge.codec.display_screen import CharacterScreen
from edge.codec.escpos_stream import Command, CommandStream, Op
from edge.messages import Key
from edge.paper.mark import Bars, PaperSlip, Qr, TextLine
from edge.paper.picture import draw_papers
from edge.paper.roll import PaperRoll
from edge.sim.counter.shop_file import Cables
from edge.sim.counter.wall import LockerWall
from edge.sim.drawer import Drawer
from edge.sim.keypad import KeypadModel
from edge.sim.line_display import LineDisplayModel
from edge.sim.printer import PrinterModel
from edge.sim.scale import ScaleModel
from edge.sim.scanner import SerialScannerModel
from edge.sim.speaker import SpeakerModel
from edge.sim.wiring import PtyHost, TcpHost

PAPER_DOTS = 384
"""58 mm paper."""
SPEED_MM_S = 70.0
"""A cheap printer: a receipt takes a second and a half, so that one can be caught in the middle."""
TRAP_LINES = 5
"""After so many lines of the next receipt the cover springs open, when that was asked for."""
PAPER_FILE = "paper.escpos"
KEPT_MAX = 1 << 20
"""Octets of yesterday's paper, some two thousand slips; a larger heap is thrown away."""
SLIPS_SHOWN, SLIPS_KEPT = 12, 2
"""The newest, and the first two of a shop: its owner keeps the owner's card and the technician's slip."""
PICTURES_KEPT = 64
CANCEL_HELD_S = 2.2
"""Longer than what the keypad takes for a cancel."""
SCALE_PROTOCOL = "cas"

RULES = " -="

_TEAR = b"\x1d\x56\x00"


class KeptRoll(PaperRoll):
    """Paper that lies on the counter tomorrow, too: what was printed on each slip is kept in a file."""

    def __init__(self, width_dots: int, file: Path) -> None:
        super().__init__(width_dots)
        self._file = file
        self._printed = bytearray()
        if file.exists() and file.stat().st_size <= KEPT_MAX:
            for command in CommandStream().feed(file.read_bytes()):
                super().put(command)
        else:
            file.write_bytes(b"")

    def put(self, command: Command) -> bool:
        if command.op is not Op.DRAWER:
            self._printed += command.octets
        on_paper = super().put(command)
        if command.op is Op.CUT:
            with self._file.open("ab") as file:
                file.write(self._printed)
            self._printed.clear()
        return on_paper


class CounterPrinter(PrinterModel):
    """A printer whose cover can be made to open in the middle of the next receipt."""

    def __init__(self, paper: PaperRoll) -> None:
        super().__init__(width_dots=paper.width_dots, speed_mm_s=SPEED_MM_S, drawer=Drawer())
        self.paper = paper
        self.trap_set = False

    def advance(self, now_mono: float) -> None:
        super().advance(now_mono)
        lines = sum(isinstance(mark, TextLine) for mark in self.paper.open_slip.marks) if self.trap_set else 0
        if lines >= TRAP_LINES:
            self.trap_set = False
            self.open_cover()

    def shut_drawer(self) -> None:
        self.drawer.shut()
        self._tell()


class Bench:
    """Printer and loudspeaker on TCP, all the others on ptys in `folder`. `plug` before use."""

    def __init__(self, folder: Path) -> None:
        self.scanner = SerialScannerModel()
        self.keypad = KeypadModel()
        self.display = LineDisplayModel()
        self.speaker = SpeakerModel()
        self.scale = ScaleModel(SCALE_PROTOCOL)
        folder.mkdir(parents=True, exist_ok=True)
        self.printer = CounterPrinter(KeptRoll(PAPER_DOTS, folder / PAPER_FILE))
        self.scanner_host = PtyHost(self.scanner, folder / "scanner")
        self._keypad_host = PtyHost(self.keypad, folder / "keypad")
        self._display_host = PtyHost(self.display, folder / "display")
        self._scale_host = PtyHost(self.scale, folder / "scale")
        self._printer_host = TcpHost(self.printer)
        self._speaker_host = TcpHost(self.speaker)
        self.wall = LockerWall(folder)
        self._hosts = (
            self.scanner_host, self._keypad_host, self._display_host, self._scale_host, self._printer_host,
            self._speaker_host, self.wall.host,
        )  # fmt: skip
        self.scanner_plugged = False

    def plug(self) -> None:
        for host in self._hosts:
            host.plug()
        self.scanner_plugged = True

    @property
    def cables(self) -> Cables:
        """Once plugged."""
        return Cables(
            scanner=self.scanner_host.link, keypad=self._keypad_host.link, display=self._display_host.link,
            printer=self._printer_host.url, speaker=self._speaker_host.url, scale=self._scale_host.link,
            wall=self.wall.host.link,
        )  # fmt: skip

    def close(self) -> None:
        for host in self._hosts:
            host.pull()

    # --- hands -----------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> bool:
        """Pull the trigger; False: the scanner hangs on nothing."""
        with self.scanner_host.lock:
            if self.scanner_plugged:
                self.scanner.scan(text)
            return self.scanner_plugged

    def press(self, key: Key) -> None:
        with self._keypad_host.lock:
            if key is Key.CANCEL:
                self.keypad.hold(Key.BACKSPACE, CANCEL_HELD_S)
            else:
                self.keypad.press(key)

    def type(self, number: str) -> None:
        """A number and Enter."""
        with self._keypad_host.lock:
            self.keypad.type(number)
            self.keypad.press(Key.ENTER)

    def put_on_scale(self, grams: int) -> None:
        """More goods; 0 takes everything off."""
        with self._scale_host.lock:
            if grams:
                self.scale.put_on(grams)
            else:
                self.scale.take_off()

    def switch_scale(self, *, on: bool) -> None:
        with self._scale_host.lock:
            (self.scale.switch_on if on else self.scale.switch_off)()

    def pull_scanner(self) -> None:
        self.scanner.lose_power()
        self.scanner_plugged = False
        self.scanner_host.pull()

    def plug_scanner(self) -> None:
        self.scanner_host.plug()
        self.scanner_plugged = True

    @contextmanager
    def at_the_printer(self) -> Iterator[CounterPrinter]:
        """Hands on the printer; it stands still meanwhile."""
        with self._printer_host.lock:
            yield self.printer

    def close_cover(self) -> None:
        """What hung out was torn off first."""
        with self.at_the_printer() as printer:
            if printer.paper.open_slip.marks:
                printer.paper.feed(_TEAR)
            printer.close_cover()

    # --- ears and eyes ---------------------------------------------------------------------------------------------

    def listen(self, position: int | None) -> tuple[int, bytes]:
        """What the loudspeaker played since `position`, as it was played; None: from now on. With it, the next one."""
        with self._speaker_host.lock:
            return self.speaker.played_since(self.speaker.played if position is None else position)

    def look(self) -> dict[str, Any]:
        """What a person sees, for the page."""
        with self.at_the_printer() as printer:
            paper = printer.paper
            return {
                "display": self.screen_lines(),
                "drawer": {"open": printer.drawer.is_open, "pulses": printer.drawer.pulses},
                "printer": {"paper_out": printer.paper_out, "cover_open": printer.cover_open, "trap": printer.trap_set},
                "slips": _shown([number for number, _ in numbered(paper)]),
                "hanging": len(paper.open_slip.marks),
                "scanner": self.scanner_plugged,
                "scale": self._look_at_scale(),
            }

    def _look_at_scale(self) -> dict[str, Any]:
        """Its own display: dark when it is off, dashes over its range."""
        with self._scale_host.lock:
            shown = self.scale.shown
            text = "-----" if shown.over else f"{'-' if shown.grams < 0 else ''}{shown.kg}"
            return {"on": self.scale.is_on, "text": text, "moving": shown.moving}

    def screen_lines(self) -> list[str]:
        with self._display_host.lock:
            screen = self.display.screen
            return list(screen.lines) if isinstance(screen, CharacterScreen) else [screen.text, ""]

    def slips(self) -> list[PaperSlip]:
        """All that was cut or torn off, oldest first."""
        with self.at_the_printer() as printer:
            return [slip for _, slip in numbered(printer.paper)]

    def slip_codes(self, number: int) -> list[tuple[str, str]]:
        """What a scanner can read on a slip, from its head on: each code with the first line of its part above it."""
        with self.at_the_printer() as printer:
            slip = dict(numbered(printer.paper)).get(number)
        found, above = [], ""
        for mark in slip.marks if slip else ():
            if isinstance(mark, Bars | Qr):
                found.append((" ".join(above.split()), mark.text if isinstance(mark, Qr) else mark.symbol.text))
                above = ""
            elif isinstance(mark, TextLine):
                is_rule = not mark.text.strip(RULES)
                above = "" if is_rule else above or mark.text
        return found

    def slip_code(self, number: int) -> str | None:
        """The last code on it; None when there is none."""
        codes = self.slip_codes(number)
        return codes[-1][1] if codes else None

    def owners_code(self) -> str | None:
        """Of the owner's card that lies on the counter; None: it was thrown away."""
        with self.at_the_printer() as printer:
            numbers = [number for number, _ in numbered(printer.paper)]
        codes = [code for number in numbers for _, code in self.slip_codes(number)]
        return next((code for code in codes if isinstance(find_badge(code), BadgeCode)), None)

    def slip_png(self, number: int) -> bytes | None:
        """The picture of a slip, 0 what hangs out of the printer; None when there is no such slip."""
        with self.at_the_printer() as printer:
            slip = printer.paper.open_slip if number == 0 else dict(numbered(printer.paper)).get(number)
        if slip is None or not slip.marks:
            return None
        return _png(slip) if number == 0 else _kept_png(slip)


def numbered(paper: PaperRoll) -> list[tuple[int, PaperSlip]]:
    """The slips that are kept, the first that was ever cut is 1; empty pieces are left out."""
    first = paper.cuts - len(paper.slips) + 1
    return [(number, slip) for number, slip in enumerate(paper.slips, first) if slip.marks]


def _shown(numbers: list[int]) -> list[int]:
    return numbers[:SLIPS_KEPT] + numbers[SLIPS_KEPT:][-SLIPS_SHOWN:]


@lru_cache(maxsize=PICTURES_KEPT)
def _kept_png(slip: PaperSlip) -> bytes:
    return _png(slip)


def _png(slip: PaperSlip) -> bytes:
    png = io.BytesIO()
    draw_papers([slip]).save(png, "PNG")
    return png.getvalue()
