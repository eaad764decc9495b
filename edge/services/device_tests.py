"""What a technician tries at the page: a paper, the drawer, the display, the scale (product row 105).

Each is a command of the page (`messages.PageOrder`), and done only once the device has done it. Who is served at the
counter goes before: the drawer opens, and the display shows something else, only while nobody is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.command_card import card_code
from edge.messages import CommandRefused, KickOutcome, Outcome, Say, SendKick, Show, View, Weigh, WeightRead, WorkQueued
from edge.model.counter import Waiting
from edge.model.ledger_rows import DrawerKick, EffectState
from edge.model.records import DrawerOpened
from edge.model.test_slip import test_slip
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.remote_print import RemotePrint
from edge.services.restarting import is_idle, is_served
from edge.services.slips import local_time
from edge.services.spoken_manner import manner_of

TEST_DRAWER, TEST_DISPLAY, TEST_SCALE = "test.drawer", "test.display", "test.scale"
TEST_VOICE = "test.voice"
PRINTER, DISPLAY, SPEAKER, SCALE = "printer_escpos", "line_display", "speaker", "scale_serial"
"""Drivers of what is tried."""
_NO_PAPER_NOW = ("paper_out", "cover_open", "fault", "offline", "connecting")
WEIGH_S = 3.0
"""A scale that tells motion comes to rest within a second; one that is silent so long is not there."""
SHOWN_S = 5.0
"""How long the test stands on the display."""
KICK_S = 8.0
"""A pulse expires after five seconds, and its outcome follows."""
SAY_AGAIN = card_code(182)
"""On the printed test: scanned at any moment it brings the last sentence once more, and nothing else."""
SERVED = "somebody is served at the counter"


@dataclass(frozen=True, slots=True)
class DeviceTestDue:
    """A timer: whatever this test waits for did not come."""

    cid: str


@dataclass(frozen=True, slots=True)
class ShownLongEnough:
    """A timer: the words of the test number `serial` leave the display."""

    serial: int


@dataclass(frozen=True, slots=True)
class TestParts:
    """`drawer`: whether there is one. `language`: the shop's, unless a card has changed it. `state` of the device with
    this driver, as the page shows it; None: the settings name none.
    """

    tid: str
    zone: ZoneInfo
    language: str
    drawer: bool
    state: Callable[[str], str | None]


class DeviceTests:
    def __init__(self, bus: Bus, parts: TestParts, papers: RemotePrint) -> None:
        self._bus = bus
        self._parts = parts
        self._papers = papers
        self._kicks: dict[str, str] = {}
        """The pulse of a test → its cid."""
        self._weighing: dict[str, WeightRead | None] = {}
        """The cid of a test → the newest that the scale said since."""
        bus.on(KickOutcome, lambda ended, tx: self._kicked(ended.kick, ended.outcome, ended.reason, tx))
        bus.on(CommandRefused, self._refused)
        bus.on(WeightRead, self._read)
        self._shown = 0
        bus.on(DeviceTestDue, self._due)
        bus.on(ShownLongEnough, self._clear)

    def orders(self) -> Mapping[str, CarryOut]:
        """By the type of the page's command."""
        return {
            TEST_DRAWER: self._drawer, TEST_DISPLAY: self._display, TEST_SCALE: self._scale, TEST_VOICE: self._voice,
        }  # fmt: skip

    def print_slip(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of TEST_PRINT. Other papers wait for a roll; this one is to show that there is one."""
        state = self._parts.state(PRINTER)
        if state is not None and (code := printer_away(state)):
            return Answered(ordered.cid, "failed", code, state)
        now, language = local_time(tx.stamp.at, self._parts.zone), manner_of(tx, self._parts.language).language
        slip = test_slip(tid=self._parts.tid, code=SAY_AGAIN, now=now, language=language)
        return self._papers.queue(ordered.cid, slip, range(1), tx)

    def _drawer(self, ordered: Ordered, tx: Transaction) -> Answered:
        if not self._parts.drawer:
            return Answered(ordered.cid, "rejected", "cmd.unsupported", "the settings name no drawer")
        if not _is_free(tx):
            return Answered(ordered.cid, "failed", "cmd.busy", SERVED)
        kick = tx.append(DrawerOpened("test")).id
        tx.kicks.queue(DrawerKick(kick, "test", EffectState.QUEUED))
        self._kicks[kick] = ordered.cid
        self._bus.after(KICK_S, DeviceTestDue(ordered.cid))
        tx.after_commit(WorkQueued())
        return Answered(ordered.cid, "accepted")

    def _refused(self, refused: CommandRefused, tx: Transaction) -> None:
        if isinstance(refused.command, SendKick):
            self._kicked(refused.command.kick, Outcome.NOT_STARTED, "the printer was not there", tx)

    def _kicked(self, kick: str, outcome: Outcome, reason: str, tx: Transaction) -> None:
        cid = self._kicks.pop(kick, None)
        if cid is None:
            return
        if outcome is Outcome.DONE:
            tx.after_commit(Answered(cid, "done"))
        else:
            code = "hw.printer_offline" if outcome is Outcome.NOT_STARTED else "cmd.outcome_unknown"
            tx.after_commit(Answered(cid, "failed", code, reason or outcome.value))

    def _cannot(self, ordered: Ordered, driver: str, tx: Transaction) -> Answered | None:
        """Why this device is not tried now; None: it is there, and nobody needs it."""
        state = self._parts.state(driver)
        if state is None:
            return Answered(ordered.cid, "rejected", "cmd.unsupported", f"the settings name no {driver}")
        if state != "ready":
            return Answered(ordered.cid, "failed", "hw.device_offline", state)
        return None if _is_free(tx) else Answered(ordered.cid, "failed", "cmd.busy", SERVED)

    def _display(self, ordered: Ordered, tx: Transaction) -> Answered:
        if (cannot := self._cannot(ordered, DISPLAY, tx)) is not None:
            return cannot
        self._shown += 1
        tx.after_commit(Show(View.TEXT, name=f"1234567890 测试 Test {self._parts.tid}"))
        self._bus.after(SHOWN_S, ShownLongEnough(self._shown))
        return Answered(ordered.cid, "done")

    def _clear(self, shown: ShownLongEnough, tx: Transaction) -> None:
        is_free = not is_served(tx) and tx.counter.waiting is Waiting.NOTHING  # a paper on its way needs no display
        if shown.serial == self._shown and is_free:
            tx.after_commit(basket_view(tx.counter))

    def _voice(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Done is that it was handed to a loudspeaker that is there: whether it was heard, a person knows."""
        if (cannot := self._cannot(ordered, SPEAKER, tx)) is not None:
            return cannot
        tx.after_commit(Say("sys.ready"))
        return Answered(ordered.cid, "done")

    def _scale(self, ordered: Ordered, tx: Transaction) -> Answered:
        if (cannot := self._cannot(ordered, SCALE, tx)) is not None:
            return cannot
        self._weighing[ordered.cid] = None
        tx.after_commit(Weigh(tx.stamp.mono + WEIGH_S))
        self._bus.after(WEIGH_S, DeviceTestDue(ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _read(self, read: WeightRead, tx: Transaction) -> None:
        for cid in self._weighing:
            self._weighing[cid] = read

    def _due(self, due: DeviceTestDue, tx: Transaction) -> None:
        if due.cid in self._weighing:
            tx.after_commit(_weighed(due.cid, self._weighing.pop(due.cid)))
        elif due.cid in self._kicks.values():
            why = "the printer said nothing of the pulse"
            tx.after_commit(Answered(due.cid, "failed", "cmd.outcome_unknown", why))
            self._kicks = {kick: cid for kick, cid in self._kicks.items() if cid != due.cid}


def _weighed(cid: str, read: WeightRead | None) -> Answered:
    if read is None:
        return Answered(cid, "failed", "cmd.timeout", "the scale said nothing")
    reading = read.reading
    wrong = {
        "over its range": reading.over, "under its zero": reading.under or reading.negative,
        "it moves still": reading.stable is False, "it tells no weight": reading.weight is None,
        ", ".join(reading.faults): bool(reading.faults),
    }  # fmt: skip
    if why := "; ".join(text for text, holds in wrong.items() if holds):
        return Answered(cid, "failed", "hw.scale", why)
    return Answered(cid, "done", out={"weight": f"{reading.weight} {reading.unit.value}".strip()})


def _is_free(tx: Transaction) -> bool:
    """Nobody is served, and no message of the cloud waits on the display for its reader."""
    return is_idle(tx) and tx.counter.waiting is Waiting.NOTHING


def printer_away(state: str) -> str:
    """The code of what keeps a printer in this state from printing now; empty: nothing does."""
    if state not in _NO_PAPER_NOW:
        return ""
    return "hw.printer_paper" if state == "paper_out" else "hw.printer_offline"
