"""Whole parts of the shop that hear foreign bytes: counter, drivers, pages, the cloud, the command line."""

from __future__ import annotations

import contextlib
import io
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import fuzz_corpus as good
from badge_bench import DAY_CLOSE, ENTER, POST_VOID, SECOND_SCANNER, BadgeBench
from cloud_bench import EPOCH, TID, Cloud
from counter_bench import COLA, PAD, PRINTER, SCANNER, CounterBench
from device_bench import DeviceBench
from fuzz_files import mutilated_catalogues, mutilated_documents, mutilated_ledgers
from fuzz_loans import LOAN_STANDS
from fuzz_page import PAGE_STANDS
from fuzz_parcels import PARCEL_STANDS
from fuzz_services import SERVICE_STANDS
from fuzz_target import Read, Target
from printer_bench import RECEIPT

from edge.__main__ import main
from edge.messages import (
    CloudAccepted,
    CloudMessage,
    DeviceDown,
    Key,
    KeyPressed,
    MessageFailed,
    PrinterState,
    PrinterStatus,
    PrintOutcome,
    ScanData,
    SendPrint,
)

SHARE = 100
"""One in so many of the cases of a parser: 10^3 where a parser has 10^5 (decisions 5)."""
EXITS = frozenset({0, 1, 2})
"""Between two requests: the ladder of wrong PINs lets some of them through."""
STEPS_S = 0.4
"""Past every silence that a driver waits for in a scan."""


class Counter:
    """A counter at which nothing may fail: what a handler raises is raised again, here."""

    def __init__(self, bench: CounterBench) -> None:
        self.bench = bench
        self.failed: list[MessageFailed] = []
        bench.bus.on(MessageFailed, lambda failed, tx: self.failed.append(failed))

    def tell(self, *messages: object) -> None:
        for message in messages:
            self.bench.pass_s(0.5)
            self.bench.tell(message)
        if self.failed:
            raise self.failed[0].error


@contextmanager
def at_the_counter(folder: Path) -> Iterator[Read]:
    """Scans, one a line; a device's name may stand before one. Now and then a customer pays."""
    counter = Counter(CounterBench(folder))

    def scan(octets: bytes) -> None:
        text = octets.decode("utf-8", "replace")
        counter.tell(ScanData(SCANNER, text, counter.bench.clock.mono_s))
        counter.tell(ScanData(SCANNER, text[3:], counter.bench.clock.mono_s, text[:3]))
        if len(octets) % 7 == 0:
            counter.bench.sell(COLA)

    yield scan
    assert counter.bench.verdict() == ""


@contextmanager
def with_badges(folder: Path) -> Iterator[Read]:
    """Badges, good, revoked and mutilated, and cards: what is the owner's happens no more often than his card came."""
    bench = BadgeBench(folder)
    counter = Counter(bench)
    owner, lost = bench.badge(seed=1), bench.badge(seed=2)
    bench.revoke(lost)
    came = [0]

    def hold_out(octets: bytes) -> None:
        codes = (owner.text, DAY_CLOSE, POST_VOID, ENTER, lost.text, COLA, octets.decode("utf-8", "replace"), "ZZ1908")
        for octet in octets[:40]:
            code, device = codes[octet % len(codes)], SCANNER if octet < 192 else SECOND_SCANNER
            came[0] += code == owner.text
            counter.tell(ScanData(device, code, bench.clock.mono_s))
        assert len(bench.confirmed) <= came[0]

    yield hold_out
    assert bench.verdict() == ""


@contextmanager
def at_the_pad(folder: Path) -> Iterator[Read]:
    """Any keys in any order, goods and cards between them, a printer that comes and goes."""
    counter = Counter(CounterBench(folder))
    keys, states = list(Key), list(PrinterState)

    def press(octets: bytes) -> None:
        for octet in octets[:40]:
            now = counter.bench.clock.mono_s
            if octet < 180:
                counter.tell(KeyPressed(PAD, keys[octet % len(keys)], now))
            elif octet < 240:
                counter.tell(ScanData(SCANNER, good.COUNTER_CODES[octet % len(good.COUNTER_CODES)], now))
            else:
                counter.tell(PrinterStatus(PRINTER, states[octet % len(states)]))
        for sale in counter.bench.sales():
            assert sum(part["amt"] for part in sale["pay"]) == sale["total"] + sale["rounding"]
            assert sum(line["amt"] for line in sale["lines"]) == sale["total"]

    yield press
    assert counter.bench.verdict() == ""


@contextmanager
def told_by_the_cloud(folder: Path) -> Iterator[Read]:
    """A terminal online, with rows to send; EPOCH in what it hears is its own, so that some of it counts."""
    bench = BadgeBench(folder, items=None)
    counter = Counter(bench)
    bench.go_online()

    def hear(octets: bytes) -> None:
        bench.write(1)
        topic, _, payload = octets.replace(EPOCH.encode(), bench.epoch.encode()).partition(b"\0")
        counter.tell(
            CloudMessage(topic.decode("utf-8", "replace"), payload), CloudAccepted("ev", octets[-1] if octets else 0)
        )
        bench.run_jobs()
        bench.hush()
        for stream in bench.begin().outbox.resends():
            assert stream.lo <= stream.hi

    yield hear
    assert bench.verdict() == ""


class Babbler:
    """A device that says what it is given, whatever it hears."""

    def __init__(self) -> None:
        self.words = b""

    def receive(self, octets: bytes) -> None:
        """Nothing changes in it."""

    def transmit(self) -> bytes:
        words, self.words = self.words, b""
        return words

    def advance(self, now_mono: float) -> None:
        """It does not know of time."""


def driven(driver: str, *, grain: int = 1, **settings: Any) -> Callable[[Path], AbstractContextManager[Read]]:
    """A driver beside a device that babbles: it stays up, and each print ends exactly once."""

    @contextmanager
    def opened(_: Path) -> Iterator[Read]:
        babbler = Babbler()
        bench = DeviceBench(driver, babbler, **settings)
        bench.run(1.0)

        def hear(octets: bytes) -> None:
            if driver == "printer_escpos":
                bench.send(SendPrint(f"j{len(bench.posted)}", RECEIPT, 0))
            for piece in (octets[: len(octets) // 2], octets[len(octets) // 2 :]):
                babbler.words = piece[: len(piece) // grain * grain]
                bench.send_nothing()
                bench.run(STEPS_S)
            bench.run(60.0 if driver == "printer_escpos" else 2.0)
            assert not bench.all(DeviceDown), bench.all(DeviceDown)
            jobs = [outcome.job for outcome in bench.all(PrintOutcome)]
            assert len(jobs) == len(set(jobs))
            bench.posted.clear()

        yield hear

    return opened


@contextmanager
def in_the_cloud(folder: Path) -> Iterator[Read]:
    """The reference cloud: a payload from anyone, then the commit; its answers are read as a terminal would."""
    cloud = Cloud(folder / "cloud.db")

    def take(octets: bytes) -> None:
        topic, _, payload = octets.partition(b"\0")
        cloud.clock.pass_s(1.0)
        cloud.ingest.take(topic.decode("utf-8", "replace"), payload)
        cloud.said(cloud.ingest.commit())
        cloud.report.lanes(TID)

    yield take
    cloud.store.close()


@contextmanager
def on_the_command_line(folder: Path) -> Iterator[Read]:
    """Words as a shell gives them: any octet but zero. Nothing that runs on is among them."""
    (folder / "shop.toml").write_bytes(good.SETTINGS[0])

    def typed(octets: bytes) -> None:
        words = octets.replace(b"\0", b"").decode("utf-8", "surrogateescape")
        try:
            argv = shlex.split(words)
        except ValueError:
            argv = words.split(" ")
        if argv[:1] and argv[0] in ("run", "cloud", "demo", "check"):
            return
        # What a terminal shows: strict UTF-8, so that half a character in an answer is an error.
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(argv)
            except SystemExit as left:
                code = int(left.code or 0)
            out.flush()
        assert code in EXITS

    yield typed


def _stand(name: str, opened: Callable[[Path], Any], corpus: good.Corpus, *allowed: type[Exception]) -> Target:
    return Target(name, opened, corpus, allowed, share=SHARE)


STANDS: tuple[Target, ...] = (
    _stand("ledger_file", mutilated_ledgers, good.WOUNDS),
    _stand("catalogue_file", mutilated_catalogues, good.WOUNDS),
    _stand("documents_folder", mutilated_documents, good.DOCUMENTS),
    _stand("badge_scans", with_badges, good.KEY_PRESSES),
    _stand("counter_scans", at_the_counter, (*good.SCANS, *(code.encode() for code in good.COUNTER_CODES))),
    _stand("counter_keys", at_the_pad, good.KEY_PRESSES),
    _stand("counter_cloud", told_by_the_cloud, good.COUNTER_CLOUD),
    _stand("driver_scanner_serial", driven("scanner_serial"), tuple(scan + b"\r" for scan in good.SCANS)),
    _stand("driver_scanner_evdev", driven("scanner_evdev", grain=24), good.KEYS),
    _stand("driver_keypad", driven("keypad", grain=24), good.KEYS),
    _stand("driver_printer", driven("printer_escpos", paper_width_mm=58), good.frames_of("escpos_rt", "escpos_asb")),
    _stand("driver_display", driven("line_display", kind="cd5220"), good.SHOWN),
    *PAGE_STANDS,
    _stand("cloud_ingest", in_the_cloud, good.CLOUD),
    *PARCEL_STANDS,
    *SERVICE_STANDS,
    *LOAN_STANDS,
    _stand("command_line", on_the_command_line, good.COMMANDS),
)
"""Each is tried 10^3 times by `make fuzz`."""
