"""Commands to terminals: the cloud, not the broker, keeps them, and repeats the same cid until it is answered (P13)."""

from __future__ import annotations

import logging
from datetime import timedelta
from random import Random
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.json_text import compact, read_object
from edge.codec.wire_down import SIGNED_TYPES, Command
from edge.codec.wire_service import CHANGED as SERVICE_CHANGED
from edge.codec.wire_up import FINAL_STATES, Result
from edge.model.ids import uuid7
from edge.reference_cloud.store import CloudStore

REPEATS_S = (5.0, 15.0, 60.0)
"""After the first sending; then only after a hello."""
PROPOSAL_LASTS = timedelta(days=1)
"""What needs a second person is given up after it."""
RUNS_AT_MOST = timedelta(hours=1)
"""After its time to live; a box that was switched off meanwhile answers no more."""
MAX_PENDING = 50
"""Sent at one time."""
MAX_NEW = 1_000
"""Looked at, one time; more than anybody hands in, and those that nobody can sign are among them."""

OTHER_SESSION = "cmd.nonce_mismatch"
NOT_HEARD = frozenset({OTHER_SESSION, "clock.unset"})
"""Said of a command that was not looked at: the same one leaves again, after the next hello at the latest, and signed
for that.
"""

NEVER_SENT = "it was never sent"
BUSY_AGAIN_S = 60
NEWS = frozenset({SERVICE_CHANGED})
"""What became of something: where the box has no hand free for it (cmd.busy) it is said once more, as a new command.
What a person ordered is not: who wanted a door opened a minute ago may have gone.
"""

PENDING = (
    "SELECT body FROM command WHERE tid = ? AND expires_at > ?"
    " AND state NOT IN ('done', 'failed', 'rejected', 'expired') AND state NOT IN ('later', 'proposed')"
    " ORDER BY cid LIMIT ?"
)
HANDED_IN = (
    "SELECT body FROM command WHERE state IN ('new', 'later')"
    " AND (state = 'new' OR json_extract(body, '$.iat') <= ?1) AND expires_at > ?1 ORDER BY cid LIMIT ?2"
)
"""Both by an index of what is open: the cloud looks four times a second, and its table only grows."""

_log = logging.getLogger("edge.reference_cloud")


class Orders:
    """Commands as they are given; those of class S are signed as they leave (`seal.py`).

    `signs` False: a command of class S stays new, until a cloud that has a key serves this file.
    """

    def __init__(self, store: CloudStore, clock: Clock, chance: Random, *, signs: bool = True) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._unsigned = () if signs else tuple(sorted(SIGNED_TYPES))
        self._refused: set[str] = set()
        self._repeats: list[tuple[float, Command]] = []

    def order(
        self, tid: str, kind: str, args: dict[str, Any], *, ttl_s: int, by: str, hand_in: bool = False,
        once: bool = False, proposed: bool = False,
    ) -> Command:  # fmt: skip
        """Store a command and return it for sending. `hand_in`: the process that serves this file will send it;
        `once`: nobody repeats it; `proposed`: it leaves when somebody has approved it, and not before.
        """
        now = self._clock.wall()
        if proposed:
            return self._propose(
                Command(tid=tid, cid=uuid7(now, self._chance), type=kind, iat=iso_ms(now), ttl_s=ttl_s, args=args,
                        by=by)
            )  # fmt: skip
        command = Command(
            tid=tid, cid=uuid7(now, self._chance), type=kind, iat=iso_ms(now), ttl_s=ttl_s, args=args, by=by
        )
        self._store.run(
            "INSERT INTO command(cid, tid, body, expires_at, state) VALUES(?, ?, ?, ?, ?)",
            (command.cid, tid, compact(command.wire()), iso_ms(now + timedelta(seconds=ttl_s)),
             "new" if hand_in or kind in self._unsigned else "sent"),
        )  # fmt: skip
        if not hand_in and not once and kind not in self._unsigned:
            self._repeats += [(self._clock.mono() + wait_s, command) for wait_s in REPEATS_S]
        return command

    def _propose(self, command: Command) -> Command:
        until = iso_ms(self._clock.wall() + PROPOSAL_LASTS)
        self._store.run(
            "INSERT INTO command(cid, tid, body, expires_at, state) VALUES(?, ?, ?, ?, 'proposed')",
            (command.cid, command.tid, compact(command.wire()), until),
        )
        return command

    def approve(self, command: Command, *, by: str) -> Command:
        """It leaves now: its time to live begins with the second yes, and its terminal hears of both."""
        now = self._clock.wall()
        approved = command.model_copy(update={"iat": iso_ms(now), "by": f"{command.by}, {by}"})
        self._store.run(
            "UPDATE command SET state = 'new', body = ?, expires_at = ? WHERE cid = ? AND state = 'proposed'",
            (compact(approved.wire()), iso_ms(now + timedelta(seconds=command.ttl_s)), command.cid),
        )
        return approved

    def answered(self, result: Result) -> bool:
        """Store an answer; a final one stands, and one of NOT_HEARD is none. False for a command that we never gave.

        That nobody answered in time is no answer: one that comes late says what became of it after all.
        """
        found = self._store.rows(
            "SELECT state, result FROM command WHERE cid = ? AND tid = ? AND state <> 'proposed'",
            (result.cid, result.tid),
        )
        if result.err is not None and result.err.code in NOT_HEARD:
            return bool(found)
        if found and (found[0][0] not in FINAL_STATES or found[0] == ("expired", None)):
            self._store.run(
                "UPDATE command SET state = ?, result = ? WHERE cid = ?",
                (result.state, compact(result.wire()), result.cid),
            )
            if result.err is not None and result.err.code == "cmd.busy":
                self._say_later(result.cid)
        return bool(found)

    def withdraw(self, cids: str, number: int, why: str) -> None:
        """Those that `cids`, a query about `number`, finds: not sent yet, they never are; sent, they are not repeated.

        What a terminal has already can still be answered.
        """
        now = iso_ms(self._clock.wall())
        told = compact({"err": {"code": "cmd.expired", "msg": why, "retry": False}})
        self._store.run(
            f"UPDATE command SET state = 'expired', result = ? WHERE cid IN ({cids}) AND state = 'new'", (told, number)
        )
        self._store.run(
            f"UPDATE command SET expires_at = ? WHERE cid IN ({cids}) AND state = 'sent' AND expires_at > ?",
            (now, number, now),
        )

    def _say_later(self, cid: str) -> None:
        """The same news under a new cid: the box has answered the old one for good."""
        ((body,),) = self._store.rows("SELECT body FROM command WHERE cid = ?", (cid,))
        old = Command.model_validate(read_object(body.encode()))
        if old.type not in NEWS:
            return
        at = self._clock.wall() + timedelta(seconds=BUSY_AGAIN_S)
        again = old.model_copy(update={"cid": uuid7(at, self._chance), "iat": iso_ms(at)})
        self._store.run(
            "INSERT INTO command(cid, tid, body, expires_at, state) VALUES(?, ?, ?, ?, 'later')",
            (again.cid, again.tid, compact(again.wire()), iso_ms(at + timedelta(seconds=again.ttl_s))),
        )

    def expire(self) -> None:
        """Give up what nobody answered in its time. A time to live ends with acceptance: what runs may take longer."""
        now = self._clock.wall()
        unsent = compact({"err": {"code": "cmd.expired", "msg": NEVER_SENT, "retry": False}})
        self._store.run(
            "UPDATE command SET state = 'expired', result = ? WHERE state IN ('new', 'later') AND expires_at <= ?",
            (unsent, iso_ms(now)),
        )
        self._store.run(
            "UPDATE command SET state = 'expired' WHERE state NOT IN ('done', 'failed', 'rejected', 'expired')"
            " AND expires_at <= CASE WHEN state IN ('accepted', 'running') THEN ? ELSE ? END",
            (iso_ms(now - RUNS_AT_MOST), iso_ms(now)),
        )

    def pending(self, tid: str) -> list[Command]:
        """Commands without a final answer that have not expired, oldest first."""
        found = self._store.rows(
            PENDING,
            (tid, iso_ms(self._clock.wall()), MAX_PENDING),
        )
        return [Command.model_validate(read_object(body.encode())) for (body,) in found]

    def due(self) -> list[Command]:
        """Commands to repeat now, and those that another process has put into the file (`edge cloud command`)."""
        return self._handed_in() + self._to_repeat()

    def _handed_in(self) -> list[Command]:
        commands: list[Command] = []
        for command in self._new():
            if command.type in self._unsigned:
                self._refuse(command)
            else:
                commands.append(command)
        for command in commands[:MAX_PENDING]:
            self._store.run("UPDATE command SET state = 'sent' WHERE cid = ?", (command.cid,))
            self._repeats += [(self._clock.mono() + wait_s, command) for wait_s in REPEATS_S]
        return commands[:MAX_PENDING]

    def _new(self) -> list[Command]:
        found = self._store.rows(
            HANDED_IN,
            (iso_ms(self._clock.wall()), MAX_NEW),
        )
        return [Command.model_validate(read_object(body.encode())) for (body,) in found]

    def _refuse(self, command: Command) -> None:
        """Once, however often it is looked at."""
        if command.cid not in self._refused:
            self._refused.add(command.cid)
            _log.error(
                "%s %s for %s is not sent: it must be signed. Start edge cloud with --command-key",
                command.type, command.cid, command.tid,
            )  # fmt: skip

    def _to_repeat(self) -> list[Command]:
        now = self._clock.mono()
        due = [command for when, command in self._repeats if when <= now]
        if not due:
            return []
        self._repeats = [(when, command) for when, command in self._repeats if when > now]
        waiting = {command.cid for tid in {command.tid for command in due} for command in self.pending(tid)}
        return [command for command in due if command.cid in waiting]
