"""The reference cloud on its own file, on the simulated network: killed at any moment, restored from old backups."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from functools import partial
from math import inf
from pathlib import Path
from random import Random
from typing import Any

from edge.codec.topics import Topics
from edge.codec.wire_down import CatOp
from edge.codec.wire_parcel import Expected
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.store import CloudStore
from edge.sim.year.agenda import Agenda
from edge.sim.year.clock import TrueClock
from edge.sim.year.licences import COMMANDS, licence_of, signer_of
from edge.sim.year.network import Network

BOOT_S = (0.5, 20.0)
COMMIT_S = 0.05
"""One commit for all that comes within it."""
LOOKS_S = (1.0, 3.0, 6.0, 20.0, 70.0)
"""When a cloud that has started looks for what is due: rebirths within 5 s, commands again until 60 s."""
MOMENT_S = 0.002
"""Times are written to the millisecond."""
_COMPANIONS = ("", "-wal", "-shm")


OUTSIDE = ("wallet", "wallet_refund", "address", "text_message", "service", "licence", "loan", "sending", "quote")
"""Tables that stand for others' memory: the providers' own, the lenders', the platforms', people's phones."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment as its provider has it, in fen."""

    pid: str
    state: str
    amount: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Served:
    """A service order as its provider has it, in fen. `plan`: how it behaves; `sale`: which paid, empty: none did."""

    soid: str
    kind: str
    state: str
    plan: str
    price: int
    sale: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A loan as its lender has it, in fen."""

    soid: str
    state: str
    amount: int


class Doom(Enum):
    """When, at its next message, the cloud dies."""

    NONE = "none"
    BEFORE_COMMIT = "before_commit"
    BEFORE_ANSWERS = "before_answers"


_ASKED = re.compile(rb'"service\.(?:query|cancel)".*"soid": ?"([^"]+)"')


class SimulatedCloud:
    """`seen` has every event id that it ever committed, whatever became of its file since."""

    def __init__(self, folder: Path, agenda: Agenda, clock: TrueClock, network: Network, chance: Random) -> None:
        self.path = folder / "cloud.db"
        self.report = CloudReport(self.path)
        self.seen: set[str] = set()
        self._asked_mono: dict[str, float] = {}
        """When each order was asked about last."""
        self._backup = folder / "cloud.backup.db"
        self._agenda = agenda
        self._clock = clock
        self._network = network
        self._chance = chance
        self._store: CloudStore | None = None
        self._ingest: Ingest | None = None
        self._newest = 0
        self._life = 0
        self._taken = False
        self._doom = Doom.NONE

    def start(self) -> None:
        if self._ingest is not None:
            return
        self._life += 1
        self._taken = False
        self._store = CloudStore(self.path)
        self._store.open()
        (self._newest,) = self._store.rows("SELECT coalesce(max(n), 0) FROM event")[0]
        self._ingest = Ingest(self._store, self._clock, self._chance, topics=Topics(), signer=COMMANDS)
        self._ingest.start()
        self._network.subscribe(self._hear)
        self._look_later()

    def kill(self) -> None:
        """What was not committed is gone."""
        store, self._store, self._ingest = self._store, None, None
        if store is not None:
            store.close()
        self._network.subscribe(None)

    def die_at_next_message(self) -> None:
        """Before its commit, or after it and before its answers; it comes back soon."""
        self._doom = self._chance.choice((Doom.BEFORE_COMMIT, Doom.BEFORE_ANSWERS))

    def _die_for_a_moment(self) -> None:
        self._doom = Doom.NONE
        self.kill()
        self._agenda.after(self._chance.uniform(*BOOT_S), self.start)

    def back_up(self) -> None:
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(self._backup)) as target:
            source.backup(target)

    def charges(self) -> list[Charge]:
        """What the providers behind it hold."""
        with closing(sqlite3.connect(self.path)) as file:
            return [Charge(*row) for row in file.execute("SELECT pid, state, amount, refunded FROM wallet")]

    def restore(self) -> bool:
        """Turn into the backup; False when there is none. What others know is theirs: no backup takes it back."""
        if not self._backup.exists():
            return False
        self.kill()
        with closing(sqlite3.connect(self._backup)) as backup:
            backup.execute("ATTACH ? AS now", (str(self.path),))
            for table in OUTSIDE:
                backup.execute(f"DELETE FROM main.{table}")
                backup.execute(f"INSERT INTO main.{table} SELECT * FROM now.{table}")
            backup.commit()
        for suffix in _COMPANIONS:
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._backup, self.path)
        self.start()
        return True

    def publish_catalogue(self, tid: str, ops: list[CatOp]) -> int:
        """The version that it became; 0 when it was not committed."""
        if self._ingest is None:
            return 0
        version, dies = self._ingest.publish_catalogue(tid, ops), self._doom is Doom.BEFORE_COMMIT
        self._commit(self._ingest)
        self._look_later()
        return 0 if dies else version

    def newest_catalogue(self, tid: str) -> int:
        """The version that was published last; 0 when nothing was, or the cloud is not there."""
        newest = "SELECT coalesce(max(ver), 0) FROM notice WHERE tid = ?"
        return int(self._store.rows(newest, (tid,))[0][0]) if self._store is not None else 0

    def announce(self, tid: str, announced: Sequence[Expected], addressed: Sequence[Expected]) -> bool:
        """Parcels that the terminal is told of, and those whose recipients the platforms alone know. False: the cloud
        does not run, or dies before it has written them down.
        """
        if self._ingest is None:
            return False
        is_kept = self._doom is not Doom.BEFORE_COMMIT
        if addressed:
            self._ingest.parcels.address(tid, addressed)
        if announced:
            self._ingest.announce_parcels(tid, announced)
        self._commit(self._ingest)
        self._look_later()
        return is_kept

    def codes(self, tid: str) -> dict[str, list[str]]:
        """By waybill, the codes on its recipient's phone, the newest last."""
        codes: dict[str, list[str]] = {}
        with closing(sqlite3.connect(self.path)) as file:
            for waybill, code in file.execute(
                "SELECT waybill, code FROM text_message WHERE tid = ? ORDER BY n", (tid,)
            ):
                codes.setdefault(waybill, []).append(code)
        return codes

    def license(self, tid: str, platform: str, *, withdrawn: bool) -> None:
        """A platform's word on the shop: kept and sent, unless the cloud does not run or dies before its commit."""
        if self._ingest is not None:
            self._ingest.licence(licence_of(platform, tid, withdrawn=withdrawn), signer_of(platform))
            self._commit(self._ingest)
            self._look_later()

    def licences(self) -> dict[str, str]:
        """The signed texts that count, by platform."""
        with closing(sqlite3.connect(self.path)) as file:
            return dict(file.execute("SELECT platform, signed FROM licence").fetchall())

    def services(self) -> list[Served]:
        """What the providers behind it have of service orders."""
        with closing(sqlite3.connect(self.path)) as file:
            return [Served(*row) for row in file.execute("SELECT soid, kind, state, plan, price, sale FROM service")]

    def loans(self) -> list[Promised]:
        """What the lenders behind it have promised."""
        with closing(sqlite3.connect(self.path)) as file:
            return [Promised(*row) for row in file.execute("SELECT soid, state, amount FROM loan")]

    def fees(self) -> dict[str, set[int]]:
        """By parcel, what its carrier asked for it, in fen."""
        fees: dict[str, set[int]] = {}
        with closing(sqlite3.connect(self.path)) as file:
            for parcel, fee in file.execute("SELECT answer ->> 'parcel', answer ->> 'fee' FROM quote"):
                fees.setdefault(parcel, set()).add(fee)
        return fees

    def asked_ago_s(self, soid: str) -> float:
        """Since the box asked about this order last; infinity: it never did."""
        return self._clock.mono() - self._asked_mono.get(soid, -inf)

    def command(self, tid: str, kind: str, args: dict[str, Any], *, ttl_s: int) -> str:
        """Its cid; empty while the cloud does not run. One that dies before its commit forgets it."""
        if self._ingest is None:
            return ""
        cid = self._ingest.order(tid, kind, args, ttl_s=ttl_s, by="svc:orders")
        self._commit(self._ingest)
        self._look_later()
        return cid

    def command_state(self, cid: str) -> str:
        """How far a command is; empty: nobody knows it any more."""
        with closing(sqlite3.connect(self.path)) as file:
            found = file.execute("SELECT state FROM command WHERE cid = ?", (cid,)).fetchall()
        return str(found[0][0]) if found else ""

    def order(self, tid: str, kind: str) -> None:
        """A command that this version answers with a refusal; it must be answered once, whatever is repeated."""
        if self._ingest is not None:
            self._ingest.order(tid, kind, {}, ttl_s=3600, by="user:sim")
            self._commit(self._ingest)
            self._look_later()

    def _hear(self, topic: str, payload: bytes) -> None:
        """Taken now, committed in a moment, with what comes until then."""
        ingest = self._ingest
        if b'"service.' in payload and (asked := _ASKED.search(payload)) is not None:
            self._asked_mono[asked[1].decode()] = self._clock.mono()
        if ingest is not None:
            ingest.take(topic, payload)
            if not self._taken:
                self._agenda.after(COMMIT_S, partial(self._commit_taken, self._life))
            self._taken = True

    def _commit_taken(self, life: int) -> None:
        if self._ingest is not None and life == self._life:
            self._commit(self._ingest)

    def _commit(self, ingest: Ingest) -> None:
        self._taken = False
        if self._doom is Doom.BEFORE_COMMIT:
            self._die_for_a_moment()
            return
        answers = ingest.commit()
        self._note()
        if self._doom is Doom.BEFORE_ANSWERS:
            self._die_for_a_moment()
            return
        for publish in answers:
            self._network.tell(publish)
        self._look_at_payments(ingest)

    def _look_at_payments(self, ingest: Ingest) -> None:
        if (wait_s := ingest.next_payment_s()) is not None:
            self._agenda.after(wait_s + MOMENT_S, partial(self._look, self._life))

    def _note(self) -> None:
        if self._store is None:
            return
        for n, event_id in self._store.rows("SELECT n, id FROM event WHERE n > ? ORDER BY n", (self._newest,)):
            self._newest = n
            self.seen.add(event_id)

    def _look_later(self) -> None:
        life = self._life
        for seconds in LOOKS_S:
            self._agenda.after(seconds, lambda: self._look(life))

    def _look(self, life: int) -> None:
        if self._ingest is not None and life == self._life:
            answers = self._ingest.due()
            self._note()  # what had been taken is committed with it
            for publish in answers:
                self._network.tell(publish)
            self._look_at_payments(self._ingest)
