"""What stands on a shop's counter, on ptys and TCP, with a person's hands and eyes."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from edge.codec.display_screen import CharacterScreen
from edge.messages import Key
from edge.paper.mark import PaperSlip
from edge.sim.drawer import Drawer
from edge.sim.keypad import KeypadModel
from edge.sim.line_display import LineDisplayModel
from edge.sim.printer import Answers, PrinterModel
from edge.sim.scale import ScaleModel
from edge.sim.scanner import SerialScannerModel
from edge.sim.speaker import SpeakerModel
from edge.sim.wiring import PtyHost, TcpHost

LOOK_AGAIN_S = 0.01


class TapedPrinter(PrinterModel):
    """A quick printer that keeps every byte it was sent, and every slip and pulse."""

    def __init__(self, *, answers: Answers = Answers.FULL, speed_mm_s: float = 2000.0, cut_s: float = 0.02) -> None:
        super().__init__(answers=answers, speed_mm_s=speed_mm_s, cut_s=cut_s, roll_mm=1_000_000, drawer=Drawer())
        self.paper.slips = deque()
        self.tape = bytearray()

    def receive(self, octets: bytes) -> None:
        self.tape += octets
        super().receive(octets)


class Devices:
    """What stands on the counter, on real cables. Plugged in by `with`."""

    def __init__(self, folder: Path, *, answers: Answers = Answers.FULL) -> None:
        self.scanner, self.display = SerialScannerModel(), LineDisplayModel()
        self.printer = TapedPrinter(answers=answers)
        self.scanner_host = PtyHost(self.scanner, folder / "scanner")
        self.display_host = PtyHost(self.display, folder / "display")
        self.printer_host = TcpHost(self.printer)

    def __enter__(self) -> Devices:
        for host in (self.scanner_host, self.display_host, self.printer_host):
            host.plug()
        return self

    def __exit__(self, *_: object) -> None:
        for host in (self.scanner_host, self.display_host, self.printer_host):
            host.pull()

    def scan(self, code: str) -> None:
        with self.scanner_host.lock:
            self.scanner.scan(code)

    @property
    def shown(self) -> tuple[str, str]:
        """What stands on the customer's display."""
        with self.display_host.lock:
            assert isinstance(self.display.screen, CharacterScreen)
            return self.display.screen.lines

    @property
    def slips(self) -> list[PaperSlip]:
        """Cut slips that sell something; the set-up slip is not one."""
        with self.printer_host.lock:
            return [slip for slip in self.printer.paper.slips if "单号" in slip.text]

    @property
    def papers(self) -> list[PaperSlip]:
        """All that were cut."""
        with self.printer_host.lock:
            return list(self.printer.paper.slips)

    @property
    def pulses(self) -> int:
        with self.printer_host.lock:
            return self.printer.drawer.pulses

    def glance(self) -> None:
        """Look up for a moment."""
        threading.Event().wait(LOOK_AGAIN_S)

    @property
    def tape(self) -> bytes:
        with self.printer_host.lock:
            return bytes(self.printer.tape)


class WholeCounter(Devices):
    """And a keypad, a scale and a loudspeaker."""

    def __init__(self, folder: Path, *, answers: Answers = Answers.FULL) -> None:
        super().__init__(folder, answers=answers)
        self.keypad, self.scale, self.speaker = KeypadModel(), ScaleModel("ascii"), SpeakerModel()
        self.keypad_host = PtyHost(self.keypad, folder / "keypad")
        self.scale_host = PtyHost(self.scale, folder / "scale")
        self.speaker_host = TcpHost(self.speaker)

    def __enter__(self) -> WholeCounter:
        super().__enter__()
        for host in (self.keypad_host, self.scale_host, self.speaker_host):
            host.plug()
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        for host in (self.keypad_host, self.scale_host, self.speaker_host):
            host.pull()

    def press(self, key: Key) -> None:
        with self.keypad_host.lock:
            self.keypad.press(key)

    def weigh(self, grams: int) -> None:
        """So much lies on the scale now."""
        with self.scale_host.lock:
            if self.scale.load_g != grams:
                self.scale.put_on(grams - self.scale.load_g)
