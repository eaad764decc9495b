"""How the terminal is: boot, devices, faults in our own code, the snapshot for the page, telemetry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import Clk, Stamp, iso_ms
from edge.codec.wire_down import Ack
from edge.errors import DiskFull
from edge.messages import (
    CloudUp,
    CommandRefused,
    DeviceDown,
    DeviceUp,
    Hush,
    MessageFailed,
    PrinterState,
    PrinterStatus,
    Refusal,
    Say,
    Show,
    Speech,
    Started,
    Tone,
)
from edge.model.ledger_rows import EffectState
from edge.model.problem import Problem
from edge.model.records import Booted, StoreSetAside, Stream
from edge.model.refusal_records import PlatformRefused
from edge.model.software import SINCE, running_since, since_text
from edge.ports import Catalogue, DeviceState, Snapshot, Transaction
from edge.services.doubtful_papers import ASKED_FOR
from edge.services.link import LinkRefused, Welcomed
from edge.services.next_pair import CertificateKnown
from edge.services.storage import BROKEN
from edge.services.suspending import SUSPENDED

PRINTER = "printer_escpos"
"""The driver of what prints receipts."""
CERTIFICATE_ENDS = timedelta(days=30)
"""A renewal has failed for three months by then."""

_log = logging.getLogger("edge.health")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is, for the page and the cloud. `devices` maps names to drivers."""

    tid: str
    version: str
    devices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Boot:
    """What was found when the terminal was opened: by the ledger, and in files of the shop that it starts without."""

    clean: bool
    fresh: bool
    set_aside: tuple[StoreSetAside, ...] = ()
    left_out: tuple[PlatformRefused, ...] = ()


ProblemsOf = Callable[[Transaction], Iterable[Problem]]
LicencesOn = Callable[[datetime], Iterable[tuple[str, str, str]]]
"""(platform, number, what it is worth) at a moment."""


class Health:
    """`link` names the link's phase, `refused` counts bad messages of the cloud, `refused_scans` scans;
    `licences` tells which stand, `alerts` what passes a bound, `page` what is wrong with the page,
    `doors` with the locker wall.
    """

    def __init__(
        self, bus: Bus, identity: Identity, boot: Boot, *, catalogue: Catalogue,
        alerts: Callable[[], Iterable[Problem]], link: Callable[[], str], refused: Callable[[], int],
        refused_scans: Callable[[], int], licences: LicencesOn,
        page: ProblemsOf = lambda tx: (), doors: ProblemsOf = lambda tx: (),
    ) -> None:  # fmt: skip
        self._bus = bus
        self._identity = identity
        self._boot = boot
        self._alerts = alerts
        self._catalogue = catalogue
        self._link = link
        self._refused = refused
        self._refused_scans = refused_scans
        self._licences = licences
        self._page = page
        self._doors = doors
        self._states = {name: DeviceState(name, driver, "connecting") for name, driver in identity.devices.items()}
        self._started_mono = 0.0
        self._barred: Problem | None = None
        self._first_at: dict[tuple[str, str], str] = {}
        self._certificate_ends_at: datetime | None = None
        self._synced_at = ""
        self._greeted: tuple[timedelta, Stamp] | None = None
        """How far ahead of the cloud's this clock was, and when."""
        self._alarm = ""
        """The prompt that was said of it."""
        self.ready = False
        bus.on(Started, self._start)
        bus.on(DeviceUp, self._device_up)
        bus.on(DeviceDown, self._device_down)
        bus.on(PrinterStatus, self._printer)
        bus.on(CommandRefused, self._command_refused)
        bus.on(MessageFailed, self._message_failed)
        bus.on(LinkRefused, self._link_refused)
        bus.on(CloudUp, self._link_taken)
        bus.on(CertificateKnown, self._certificate)
        bus.on(Ack, self._acknowledged)
        bus.on(Welcomed, self._welcomed)

    def _start(self, _: Started, tx: Transaction) -> None:
        self._started_mono = tx.stamp.mono
        self.ready = True
        for kept in self._boot.set_aside:
            tx.append(kept)
            _log.error("%s was damaged (%s); it is kept as %s", kept.file, kept.reason, kept.kept_as)
            tx.after_commit(Say("store.aside", Tone.ALARM))
        for wrong in self._boot.left_out:
            tx.append(wrong)
            _log.error("the terminal starts without %s", _told(wrong))
        if self._boot.left_out:
            tx.after_commit(Say("file.wrong", Tone.ALARM))
        tx.append(Booted(self._identity.version, self._boot.clean))
        if not running_since(tx.get(SINCE), self._identity.version):
            tx.put(SINCE, since_text(self._identity.version, iso_ms(tx.stamp.at)))
        if not self._boot.clean and not self._boot.fresh:
            tx.after_commit(Say("sys.power", Tone.ATTENTION))
        else:
            tx.after_commit(Say("sys.ready"))

    def _device_up(self, up: DeviceUp, tx: Transaction) -> None:
        self._set(up.device, "ready")

    def _device_down(self, down: DeviceDown, tx: Transaction) -> None:
        self._set(down.device, "offline", down.reason)

    def _printer(self, status: PrinterStatus, tx: Transaction) -> None:
        good = status.state is PrinterState.READY
        self._set(status.device, "paper_low" if good and status.paper_low else status.state.value)

    def _set(self, name: str, state: str, reason: str = "") -> None:
        if name in self._states:
            self._states[name] = DeviceState(name, self._identity.devices[name], state, reason)

    def _command_refused(self, refused: CommandRefused, tx: Transaction) -> None:
        """Displays and loudspeakers are told anew at every scan: what they miss is no news."""
        if not isinstance(refused.command, Show | Speech | Hush):
            _log.info("%s: not begun: %s", refused.device, type(refused.command).__name__)

    def _message_failed(self, failed: MessageFailed, tx: Transaction) -> None:
        """Nothing was booked. A full disk is the shop's business, anything else is a fault of ours."""
        kind = type(failed.message).__name__
        if isinstance(failed.error, DiskFull):
            _log.error("%s was not booked: %s", kind, failed.error)  # `Storage` tries once more, or says so
        else:
            _log.error("%s failed and was rolled back", kind, exc_info=failed.error)
            if not isinstance(failed.message, Say):  # else it would say without end that it cannot speak
                tx.after_commit(Say("err.generic", Tone.ERROR))

    def _link_refused(self, refused: LinkRefused, tx: Transaction) -> None:
        """An alarm once, until the cloud takes this box again (contract B1); the page shows it all the while."""
        kind, who, prompt = _BARRED[refused.cause]
        if prompt and prompt != self._alarm:
            _log.error("the cloud %s: %s", who, refused.reason)
            tx.after_commit(Say(prompt, Tone.ALARM))
            self._alarm = prompt
        self._barred = Problem(kind, "cloud", f"{who}: {refused.reason}")

    def _link_taken(self, _: CloudUp, tx: Transaction) -> None:
        self._barred, self._alarm = None, ""

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        ahead = tx.stamp.at - datetime.fromisoformat(welcomed.welcome.at)
        self._greeted = ahead, tx.stamp

    def _acknowledged(self, _: Ack, tx: Transaction) -> None:
        self._synced_at = iso_ms(tx.stamp.at)

    def _certificate(self, known: CertificateKnown, tx: Transaction) -> None:
        self._certificate_ends_at = known.ends_at

    def snapshot(self, tx: Transaction, journal_n: int) -> Snapshot:
        """The state of now; reads only."""
        positions = [(stream, tx.outbox.position(stream)) for stream in Stream]
        unsent = sum(position.head - position.acked for _, position in positions)
        sale = tx.counter.sale
        return Snapshot(
            tid=self._identity.tid, version=self._identity.version, at=iso_ms(tx.stamp.at), clk=tx.stamp.clk.value,
            uptime_s=round(tx.stamp.mono - self._started_mono, 1), ready=self.ready, link=self._link(),
            epoch=tx.outbox.epoch, journal_n=journal_n, unsent=unsent,
            positions=tuple((stream.value, position.head, position.acked) for stream, position in positions),
            basket_lines=len(sale.standing) if sale else 0, items=len(self._catalogue),
            waiting_prints=len(tx.print_jobs.in_state(EffectState.QUEUED)),
            unknown_prints=len(tx.print_jobs.in_state(EffectState.UNKNOWN)),
            refused_scans=self._refused_scans(), refused_messages=self._refused(), devices=tuple(self._states.values()),
            troubles=self._since(self._problems(tx), iso_ms(tx.stamp.at)), licences=tuple(self._licences(tx.stamp.at)),
            certificate_until=iso_ms(self._certificate_ends_at) if self._certificate_ends_at is not None else "",
            synced_at=self._synced_at, cloud_ms=self._ahead_ms(tx.stamp),
            greeted_at=iso_ms(self._greeted[1].at) if self._greeted is not None else "",
        )  # fmt: skip

    def _ahead_ms(self, now: Stamp) -> int | None:
        """As compared when the cloud greeted; a clock that was set since then is ahead by as much more."""
        if self._greeted is None:
            return None
        ahead, then = self._greeted
        stepped = now.at - then.at - timedelta(seconds=now.mono - then.mono)
        return round((ahead + stepped) / timedelta(milliseconds=1))

    def _since(self, problems: Iterable[Problem], now: str) -> tuple[Problem, ...]:
        """Each with the moment at which it was first seen; what is over and comes back begins anew."""
        found = list(problems)
        self._first_at = {key: self._first_at.get(key, now) for key in ((one.kind, one.what) for one in found)}
        return tuple(replace(one, since_at=self._first_at[one.kind, one.what]) for one in found)

    def _problems(self, tx: Transaction) -> Iterator[Problem]:
        for device in self._states.values():
            if device.state not in _FINE:
                yield Problem(f"device.{device.state}", device.name, device.state)
        yield from self._alerts()
        yield from self._page(tx)
        yield from self._doors(tx)
        for wrong in self._boot.left_out:
            yield Problem("file.left_out", "left out", _told(wrong))
        if rejected := tx.outbox.rejected():
            yield Problem("outbox.parked", "outbox", f"{rejected} records parked by the cloud")
        if self._barred is not None:
            yield self._barred
        if why := tx.get(SUSPENDED):
            yield Problem("suspended", "suspended by the cloud", f"{why}; cash is taken as ever")
        ends_at = self._certificate_ends_at
        if ends_at is not None and tx.stamp.clk is not Clk.UNSYNC and ends_at - tx.stamp.at < CERTIFICATE_ENDS:
            told = f"this box's certificate ends on {ends_at:%Y-%m-%d} and was not renewed"
            yield Problem("certificate.ends", "cloud", told)
        if in_doubt := self._papers_in_doubt(tx):
            yield Problem("paper.doubtful", "receipts", f"{in_doubt} papers may be missing or cut short")
        if broken := tx.get(BROKEN):
            yield Problem("journal.broken", "journal", broken)

    def _papers_in_doubt(self, tx: Transaction) -> int:
        """Of a printer that never answers every paper is in doubt: that is how it is, and no problem."""
        silent = PrinterState.UNKNOWN.value
        if any(one.driver == PRINTER and one.state == silent for one in self._states.values()):
            return 0
        return tx.print_jobs.count_doubtful(tx.stamp.at - ASKED_FOR)


_BARRED = {
    Refusal.AUTH: ("cloud.refused", "refuses this box", "cloud.refused"),
    Refusal.UNTRUSTED: ("cloud.untrusted", "is not who answers", "cloud.untrusted"),
    Refusal.CLOCK: ("cloud.clock", "cannot be judged until the clock is right", ""),
    Refusal.NO_KEY: ("cloud.no_key", "cannot know this box", "cloud.no_key"),
}
"""The kind of the problem, what the cloud does, and the prompt that is said, if any."""
_FINE = frozenset({"ready", "paper_low", "unknown"})


def _told(wrong: PlatformRefused) -> str:
    place = f"{wrong.file} line {wrong.line}" if wrong.line else wrong.file
    expected = f", expected {wrong.expected}" if wrong.expected else ""
    return f"{place}: {wrong.what}{expected}" + (f", got {wrong.got}" if wrong.got else "")


def _queued(stream: Stream, tx: Transaction) -> int:
    position = tx.outbox.position(stream)
    return position.head - position.acked
