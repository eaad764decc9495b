"""A sample of how the terminal is: every five minutes, and at once when something passes its bound (contract G).

What passes a bound is a sentence on the page, too. The sample of now is what /metrics says; nothing of it is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_up import Tele
from edge.messages import CloudUp, DeviceDown, DeviceUp, PrinterState, PrinterStatus, Publish, Started
from edge.model.problem import Problem
from edge.model.records import Stream
from edge.ports import Transaction

EVERY_S = 300.0
CLOSE_S = 30.0
"""While somebody helps from afar."""
AT_ONCE_S = 2.0
"""After a device came, went or complained: what belongs together has happened by then."""
OLD_S, TIGHT_PCT, RESTLESS = 900, 10, 20
"""Seconds that the oldest row waits, percent of the disk, connections an hour."""
HOUR_S = 3600.0

Value = int | float | str | bool | None
Sample = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class LookDue:
    """A timer; only the newest `serial` counts."""

    serial: int


@dataclass(frozen=True, slots=True)
class WatchClosely:
    """A sample every CLOSE_S until then, in monotonic seconds."""

    until_mono: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What telemetry asks others: `vitals` of the machine, `online`, `refused` messages of the cloud, the catalogue's
    `version`; `devices` maps names to drivers.
    """

    vitals: Callable[[], Mapping[str, int | float | str]]
    online: Callable[[], bool]
    refused: Callable[[], int]
    catalogue_version: Callable[[], int]
    devices: Mapping[str, str]
    app: str


class Telemetry:
    """`latest` and `alerts` are swapped, never changed: any thread may read them."""

    def __init__(self, bus: Bus, watched: Watched, *, tid: str, topics: Topics) -> None:
        self._bus = bus
        self._watched = watched
        self._tid = tid
        self._topics = topics
        self._up: set[str] = set()
        self._printer: PrinterStatus | None = None
        self._connects: deque[float] = deque(maxlen=RESTLESS * 10)
        self._serial = 0
        self._close_until = 0.0
        self.latest: Sample = MappingProxyType({})
        self.alerts: tuple[Problem, ...] = ()
        bus.on(Started, lambda _, tx: self._look_in(EVERY_S))
        bus.on(LookDue, self._look)
        bus.on(WatchClosely, self._closely)
        bus.on(CloudUp, lambda _, tx: self._connects.append(tx.stamp.mono))
        bus.on(DeviceUp, self._note_up)
        bus.on(DeviceDown, self._note_down)
        bus.on(PrinterStatus, self._note_printer)

    def _closely(self, closely: WatchClosely, tx: Transaction) -> None:
        self._close_until = closely.until_mono
        self._look_in(AT_ONCE_S)

    def _note_up(self, up: DeviceUp, tx: Transaction) -> None:
        self._up.add(up.device)
        self._look_in(AT_ONCE_S)

    def _note_down(self, down: DeviceDown, tx: Transaction) -> None:
        self._up.discard(down.device)
        self._look_in(AT_ONCE_S)

    def _note_printer(self, status: PrinterStatus, tx: Transaction) -> None:
        self._printer = status
        self._look_in(AT_ONCE_S)

    def _look_in(self, seconds: float) -> None:
        self._serial += 1
        self._bus.after(seconds, LookDue(self._serial))

    def _look(self, due: LookDue, tx: Transaction) -> None:
        if due.serial != self._serial:
            return
        self._look_in(CLOSE_S if tx.stamp.mono < self._close_until else EVERY_S)
        self.latest = MappingProxyType(dict(self._sample(tx)))
        self.alerts = tuple(self._passed(self.latest))
        stamp = tx.stamp
        message = Tele(tid=self._tid, at=iso_ms(stamp.at), boot=stamp.boot, up=stamp.up_ms, m=dict(self.latest))
        tx.after_commit(Publish(self._topics.up(self._tid, Up.TELE), payload(message), qos=0))

    def _sample(self, tx: Transaction) -> Iterator[tuple[str, Value]]:
        watched, now_mono = self._watched, tx.stamp.mono
        yield from watched.vitals().items()
        oldest: datetime | None = None
        for stream in Stream:
            position = tx.outbox.position(stream)
            yield f"q_{stream.value}", position.head - position.acked
            if position.acked < position.head:
                rows = tx.outbox.rows(stream, position.acked + 1, position.acked + 1)
                at = datetime.fromisoformat(rows[0].at) if rows else tx.stamp.at
                oldest = at if oldest is None else min(oldest, at)
        yield "q_age_s", max(0, round((tx.stamp.at - oldest).total_seconds())) if oldest is not None else 0
        yield "reconn", sum(now_mono - at <= HOUR_S for at in self._connects)
        yield "link", "online" if watched.online() else "offline"
        yield "rejects", watched.refused()
        yield "printer", self._printer.state.value if self._printer is not None else None
        yield "paper", self._paper()
        yield "devices_down", sum(name not in self._up for name in watched.devices)
        yield "clk", tx.stamp.clk.value
        yield "app", watched.app
        yield "cfg_ver", int(tx.get("cfg_ver") or 0)
        yield "cat_ver", watched.catalogue_version()

    def _paper(self) -> str | None:
        if self._printer is None:
            return None
        if self._printer.state is PrinterState.PAPER_OUT:
            return "out"
        return "low" if self._printer.paper_low else "ok"

    def _passed(self, sample: Sample) -> Iterator[Problem]:
        """Each bound that is passed, with what to do."""
        age, waits = sample["q_age_s"], sum(int(sample[f"q_{stream.value}"] or 0) for stream in Stream)
        if sample["link"] == "online" and isinstance(age, int) and age > OLD_S:
            yield Problem(
                "cloud.stuck", "cloud",
                f"connected, but nothing was taken for {age // 60} minutes; {waits} rows wait. Call the cloud",
            )  # fmt: skip
        throttled = sample.get("throttled")
        if isinstance(throttled, int) and throttled & 1:
            yield Problem("power.low", "power", "the voltage is too low now. Use the adapter that came with the box")
        room = sample.get("disk_free_pct")
        if isinstance(room, int | float) and room < TIGHT_PCT:
            yield Problem("disk.tight", "disk", f"{room} percent are free. Free space or call the technician")
        if sample.get("ro_fs"):
            told = "it can only be read. Call the technician; nothing can be booked"
            yield Problem("disk.read_only", "disk", told)
        times = sample["reconn"]
        if isinstance(times, int) and times > RESTLESS:
            told = f"connected {times} times within an hour. Look at cable, Wi-Fi and router"
            yield Problem("network.restless", "network", told)


def metrics_text(sample: Sample, tid: str) -> str:
    """The sample in the text format of Prometheus: numbers as gauges, words as labels of an info line."""
    lines: list[str] = []
    words = [(key, value) for key, value in sorted(sample.items()) if isinstance(value, str)]
    for key, value in sorted(sample.items()):
        if isinstance(value, int | float):
            lines += [f"# TYPE edge_{key} gauge", f'edge_{key}{{tid="{tid}"}} {float(value):g}']
    told = "".join(f',{key}="{_escaped(value)}"' for key, value in words)
    return "\n".join([*lines, "# TYPE edge_info gauge", f'edge_info{{tid="{tid}"{told}}} 1']) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
