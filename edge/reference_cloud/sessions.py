"""Terminals coming and going: status, hello → welcome, rebirth, and what to ask for again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from edge.clock import Clock, iso_ms
from edge.codec.json_text import compact, read_object
from edge.codec.wire_down import Last, Pace, Rebirth, Reconnect, Resend, Welcome
from edge.codec.wire_term import Message
from edge.codec.wire_up import CfgReported, Hello, Status, Tele
from edge.reference_cloud.intake import Intake, Lane
from edge.reference_cloud.rows import Rows
from edge.reference_cloud.spans import Spans
from edge.reference_cloud.twins import Twins

SPREAD_S = 5
"""Over how long terminals spread their first attempt after a loss: right up to 5,000 of them (contract B1), of whom a
broker admits 1,300 a second.
"""
CAP_S = 900
REBIRTH_AGAIN_S = 5.0
MAX_OPEN_RESENDS = 4
HEARD_EVERY_S = 30.0
"""How exactly it is known when a terminal was heard last: a write for each batch would cost more than it tells."""
RESEND_AGAIN_S = 15.0
"""A gap that is still there after a terminal's own retransmission time-out is asked for again."""
LINGER_MS = {"pk": 0, "tx": 1_000, "ev": 5_000}
"""How long a terminal may wait for more before it closes a batch: this cloud stands beside few of them."""


@dataclass(slots=True)
class Seen:
    """A terminal since this process started."""

    greeted: bool = False
    rebirth_mono: float = float("-inf")
    heard_mono: float = float("-inf")
    resend_mono: dict[int, float] = field(default_factory=dict)


class Sessions:
    """`hello` and `status` write within the open transaction; the others answer after its commit."""

    def __init__(self, store: Rows, intake: Intake, clock: Clock, chance: Random, *, spread_s: int = SPREAD_S) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock
        self._chance = chance
        self._twins = Twins(store, clock)
        self._spread_s = spread_s
        self._seen: dict[str, Seen] = {}
        self._rebirths: list[tuple[float, str]] = []

    def announce(self) -> None:
        """Ask each known terminal for a hello, over as long as they would take to come back."""
        now = self._clock.mono()
        tids = [tid for (tid,) in self._store.rows("SELECT tid FROM terminal")]
        self._rebirths = [(now + self._chance.uniform(0, self._spread_s), tid) for tid in tids]

    def status(self, status: Status) -> bool:
        """False for one that is older than what is known: brokers order messages per topic only."""
        changed = self._store.run(
            "INSERT INTO terminal(tid, state, sess, boot, since_at) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(tid)"
            " DO UPDATE SET state = ?2, sess = ?3, boot = ?4,"
            " since_at = CASE WHEN terminal.state IS NOT DISTINCT FROM ?2 AND terminal.sess = ?3"
            " THEN terminal.since_at ELSE ?5 END WHERE terminal.sess <= ?3",
            (status.tid, status.state, status.sess, status.boot, self._now()),
        )
        return changed.rowcount > 0

    def hello(self, hello: Hello) -> None:
        """Remember it; `sess` and `ctr` never fall, so that a restored box learns its minima."""
        self._of(hello.tid).greeted = True
        self._twins.look(self.last_hello(hello.tid), hello)
        self._store.run(
            "INSERT INTO terminal(tid, state, sess, boot, epoch, ctr, hello, hello_at, since_at)"
            " VALUES(?1, 'online', ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT(tid) DO UPDATE SET state = 'online',"
            " since_at = CASE WHEN terminal.state = 'online' THEN terminal.since_at ELSE ?7 END,"
            " sess = CASE WHEN terminal.sess > ?2 THEN terminal.sess ELSE ?2 END, boot = ?3, epoch = ?4,"
            " ctr = CASE WHEN terminal.ctr > ?5 THEN terminal.ctr ELSE ?5 END, hello = ?6, hello_at = ?7",
            (hello.tid, hello.sess, hello.boot, hello.epoch, hello.ctr or 0, compact(hello.wire()), self._now()),
        )

    def heard(self, tids: Iterable[str]) -> None:
        """They spoke themselves: what a broker says of them is no sign of life."""
        now = self._clock.mono()
        for tid in sorted(tids):
            seen = self._of(tid)
            if now - seen.heard_mono >= HEARD_EVERY_S:
                seen.heard_mono = now
                self._store.run("UPDATE terminal SET heard_at = ? WHERE tid = ?", (self._now(), tid))

    def reported(self, told: Status | Tele | CfgReported) -> None:
        """What a terminal says of itself, and nobody answers."""
        match told:
            case Status():
                self.status(told)
            case Tele():
                self._store.run(
                    "UPDATE terminal SET tele = ?, tele_at = ? WHERE tid = ?",
                    (compact(told.wire()), self._now(), told.tid),
                )
            case CfgReported():
                self._store.run("UPDATE terminal SET cfg = ? WHERE tid = ?", (compact(told.wire()), told.tid))

    def last_hello(self, tid: str) -> Hello | None:
        found = self._store.rows("SELECT hello FROM terminal WHERE tid = ? AND hello IS NOT NULL", (tid,))
        return Hello.model_validate(read_object(found[0][0].encode())) if found else None

    def head(self, tid: str, *, epoch: str, stream: str) -> int:
        """The last row that the terminal said it has; 0 when it did not."""
        hello = self.last_hello(tid)
        if hello is None or hello.epoch != epoch:
            return 0
        return next((position.head for name, position in hello.streams.items() if name == stream), 0)

    def welcome(self, hello: Hello, *, cat_ver: int, cfg_ver: int, pending: int) -> Welcome:
        """What the cloud has of this epoch, after the commit."""
        lanes = {stream: self._intake.lane(hello.tid, hello.epoch, stream) for stream in ("pk", "tx", "ev")}
        last = {stream: found for stream, lane in lanes.items() if (found := self._intake.last(lane)) is not None}
        sess, ctr = self._store.rows("SELECT sess, ctr FROM terminal WHERE tid = ?", (hello.tid,))[0]
        return Welcome.model_validate(
            {"tid": hello.tid, "sess": hello.sess, "at": self._now(), "epoch": hello.epoch,
             "upto": {stream: lane.spans.upto for stream, lane in lanes.items()},
             "last": {stream: Last(seq=seq, id=event_id) for stream, (seq, event_id) in last.items()},
             "sess_min": sess, "ctr_min": ctr, "cfg_ver": cfg_ver, "cat_ver": cat_ver, "pending": pending,
             "pace": {stream: Pace(linger_ms=linger_ms) for stream, linger_ms in LINGER_MS.items()},
             "reconnect": Reconnect(spread_s=self._spread_s, cap_s=CAP_S)}
        )  # fmt: skip

    def losses(self, hello: Hello) -> list[Message]:
        """Resends for what the box knows as acknowledged and the cloud does not have: it lost data (P8).

        Of epochs that are over, too: a backup can be older than the box's change of epoch. And for holes that such an
        epoch was left with: nothing comes in it any more, so nobody else would ask, and the box may have to say: gone.
        """
        tops = self._intake.tops(hello.tid)
        wanted: dict[tuple[str, str], int] = {lane: top for lane, top in tops if lane[0] != hello.epoch}
        wanted |= {(hello.epoch, stream): position.acked for stream, position in hello.streams.items()}
        for past in hello.past:
            for told, upto in past.acked.items():
                wanted[past.epoch, told] = max(upto, wanted.get((past.epoch, told), 0))
        asked: list[Message] = []
        for (epoch, stream), upto in wanted.items():
            lane = self._intake.lane(hello.tid, epoch, stream)
            for lo, hi in lane.spans.missing(1, upto)[:1]:
                asked += self._asked(lane, lo=lo, hi=hi, why="loss")
        return asked

    def filled(self, lane: Lane) -> list[Message]:
        """An order that is filled now makes room for the next loss: of many, only the first can be open at once."""
        ended = [
            n for n, lo, hi in self._store.rows(
                "SELECT n, lo, hi FROM resend WHERE tid = ? AND lane = ? AND filled = 0", (lane.tid, lane.number)
            )
            if not lane.spans.missing(lo, hi)
        ]  # fmt: skip
        for n in ended:
            self._store.run("UPDATE resend SET filled = 1 WHERE n = ?", (n,))
        hello = self.last_hello(lane.tid) if ended else None
        return self.losses(hello) if hello is not None else []

    def gaps(self, lane: Lane) -> list[Message]:
        """A resend for the first gap of a lane, no more often than RESEND_AGAIN_S."""
        if lane.spans.gap is None:
            return []
        now, asked_mono = self._clock.mono(), self._of(lane.tid).resend_mono
        if now - asked_mono.get(lane.number, float("-inf")) < RESEND_AGAIN_S:
            return []
        return self._asked(lane, lo=lane.spans.gap[0], hi=lane.spans.gap[1], why="gap")

    def stranger(self, tid: str) -> list[Message]:
        """A rebirth for a terminal that sends without having said hello since this process started."""
        return [] if self._of(tid).greeted else self.reborn(tid)

    def reborn(self, tid: str) -> list[Message]:
        """A rebirth, as its newest hello is not of its session: one that came late, or was lost. Not too often."""
        seen, now = self._of(tid), self._clock.mono()
        if now - seen.rebirth_mono < REBIRTH_AGAIN_S:
            return []
        seen.rebirth_mono = now
        return [Rebirth(tid=tid, at=self._now())]

    def due(self) -> list[Message]:
        """Rebirths whose time has come."""
        now = self._clock.mono()
        due = [tid for when, tid in self._rebirths if when <= now]
        if due:
            self._rebirths = [(when, tid) for when, tid in self._rebirths if when > now]
        return [Rebirth(tid=tid, at=self._now()) for tid in due if not self._of(tid).greeted]

    def _asked(self, lane: Lane, *, lo: int, hi: int, why: str) -> list[Message]:
        """One resend order under the rid of an open one that overlaps it, or a new rid while fewer than 4 are open."""
        opened: list[tuple[int, int, int, int]] = []
        for n, number, old_lo, old_hi, spans in self._store.rows(
            "SELECT r.n, r.lane, r.lo, r.hi, l.spans FROM resend r JOIN lane l USING(lane)"
            " WHERE r.tid = ? AND r.filled = 0", (lane.tid,)
        ):  # fmt: skip
            # Of every lane: what came by itself, or with an epoch that is over, must not bar what is missing now.
            held = lane.spans if number == lane.number else Spans.read(spans)
            if not held.missing(old_lo, old_hi):
                self._store.run("UPDATE resend SET filled = 1 WHERE n = ?", (n,))
            else:
                opened.append((n, number, old_lo, old_hi))
        known = next((n for n, number, a, b in opened if number == lane.number and a <= hi and lo <= b), None)
        if known is None and len(opened) >= MAX_OPEN_RESENDS:
            return []
        rid = known if known is not None else self._opened(lane, lo=lo, hi=hi, why=why)
        self._of(lane.tid).resend_mono[lane.number] = self._clock.mono()
        return [Resend.model_validate({
            "tid": lane.tid, "stream": lane.stream, "epoch": lane.epoch, "lo": lo, "hi": hi, "rid": f"rs-{rid}",
            "why": why, "at": self._now(),
        })]  # fmt: skip

    def _opened(self, lane: Lane, *, lo: int, hi: int, why: str) -> int:
        made = self._store.run(
            "INSERT INTO resend(tid, lane, lo, hi, why) VALUES(?, ?, ?, ?, ?) RETURNING n",
            (lane.tid, lane.number, lo, hi, why),
        )
        return int(made.fetchall()[0][0])

    def _of(self, tid: str) -> Seen:
        return self._seen.setdefault(tid, Seen())

    def _now(self) -> str:
        return iso_ms(self._clock.wall())
