"""Commands of the cloud: each cid is stored before it acts and answered the same ever after (contract P13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from edge.bus import Bus
from edge.clock import Clk, iso_ms
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_down import Command, Signed
from edge.codec.wire_term import fault
from edge.codec.wire_up import Result
from edge.messages import Publish, Started
from edge.model.records import CommandEnded
from edge.ports import Transaction

SIGNED_TYPES = frozenset(
    {"locker.open", "update.install", "cert.rotate", "trust.update", "terminal.retire", "terminal.suspend"}
)
"""Class S (P13): without a signature they do nothing."""
KNOWN_TYPES = frozenset(
    {"print.text", "print.receipt", "log.upload", "diag.run", "db.export", "cat.sync", "cfg.resend", "message.show",
     "time.sync", "selftest", "reboot", "service.restart"}
)  # fmt: skip
"""Class N (P13) that no service carries out yet: told so."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An effect: a command of the cloud that a service carries out and answers by `Answered`. `by`: who gave it."""

    cid: str
    type: str
    args: Mapping[str, Any]
    by: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An effect: the final answer to an `Ordered`. `code` and `msg` where it was not done, `out` what came of it."""

    cid: str
    state: str
    code: str = ""
    msg: str = ""
    out: Mapping[str, Any] | None = None


class Commands:
    """`welcomed` tells whether the cloud's clock is known: before that every command is answered clock.unset.

    `carried_out`: types that a service takes up (`Ordered`); the rest is refused.
    """

    def __init__(
        self, bus: Bus, *, tid: str, topics: Topics, welcomed: Callable[[], bool], carried_out: Set[str]
    ) -> None:
        self._carried_out = carried_out
        self._tid = tid
        self._topics = topics
        self._welcomed = welcomed
        bus.on(Started, self._resume)
        bus.on(Command, self._command)
        bus.on(Signed, self._signed)
        bus.on(Answered, self._answered)

    def _command(self, command: Command, tx: Transaction) -> None:
        stored = tx.commands.answer(command.cid)
        if stored is not None:
            if stored:
                self._publish({**json.loads(stored), "dup": True}, tx)
        elif not self._welcomed():
            self._answer(command, "rejected", "clock.unset", "no welcome yet: the time to live cannot be judged", tx)
        elif command.type in self._carried_out and not _is_late(command, tx):
            tx.commands.begin(command.cid, command.type)
            tx.after_commit(Ordered(command.cid, command.type, command.args, command.by))
        elif command.type in self._carried_out:
            tx.commands.begin(command.cid, command.type)
            self._answer(command, "expired", "cmd.expired", f"its {command.ttl_s} s are over", tx)
        else:
            code = "cmd.unknown"
            if command.type in SIGNED_TYPES:
                code = "sig.required"
            elif command.type in KNOWN_TYPES:
                code = "cmd.unsupported"
            tx.commands.begin(command.cid, command.type)
            self._answer(command, "rejected", code, f"{command.type} is not carried out by this version", tx)

    def _signed(self, signed: Signed, tx: Transaction) -> None:
        """No signed command can be carried out yet; without its cid there is nothing to answer to."""

    def _answer(self, command: Command, state: str, code: str, msg: str, tx: Transaction) -> None:
        problem = fault(code, msg)
        fields: dict[str, Any] = {"cid": command.cid, "state": state, "at": iso_ms(tx.stamp.at), "err": problem}
        result = Result(tid=self._tid, **fields).wire()
        if not problem.retry:
            tx.commands.finish(command.cid, json.dumps(result, ensure_ascii=False))
            tx.append(CommandEnded(command.cid, command.type, state, code))
        self._publish(result, tx)

    def _answered(self, answered: Answered, tx: Transaction) -> None:
        kind = dict(tx.commands.running()).get(answered.cid)
        if kind is None:
            return
        fields: dict[str, Any] = {"cid": answered.cid, "state": answered.state, "at": iso_ms(tx.stamp.at)}
        if answered.code:
            fields["err"] = fault(answered.code, answered.msg)
        if answered.out is not None:
            fields["out"] = dict(answered.out)
        result = Result(tid=self._tid, **fields).wire()
        tx.commands.finish(answered.cid, json.dumps(result, ensure_ascii=False))
        tx.append(CommandEnded(answered.cid, kind, answered.state, answered.code or None))
        self._publish(result, tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Begun before the power went: nobody knows how far it came, and it is not done again."""
        for cid, kind in tx.commands.running():
            problem = fault("cmd.outcome_unknown", "power lost while executing; not retried")
            result = Result(tid=self._tid, cid=cid, state="failed", at=iso_ms(tx.stamp.at), err=problem)
            tx.commands.finish(cid, json.dumps(result.wire(), ensure_ascii=False))
            tx.append(CommandEnded(cid, kind, "failed", problem.code))

    def _publish(self, result: dict[str, Any], tx: Transaction) -> None:
        message = Result.model_validate({**result})
        tx.after_commit(Publish(self._topics.up(self._tid, Up.RES), payload(message), qos=1))


def _is_late(command: Command, tx: Transaction) -> bool:
    """Whether its time to live is over, where the box's own clock can be believed."""
    given = datetime.fromisoformat(command.iat)
    return tx.stamp.clk is Clk.OK and tx.stamp.at > given + timedelta(seconds=command.ttl_s)
