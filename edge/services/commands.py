"""Commands of the cloud and of the page: each cid is stored before it acts, and answered the same ever after (P13).

One that somebody gave at the page (decisions 4) has its rights from the login: no signature, and no time to live, as
whoever waits for it is there. It is answered to the page alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.jws import read_jws
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import checked, payload
from edge.codec.wire_down import SIGNED_TYPES, Command, Signed
from edge.codec.wire_term import fault
from edge.codec.wire_up import FINAL_STATES, Result
from edge.errors import WireError
from edge.messages import MessageFailed, PageAnswer, PageOrder, Publish, Started
from edge.model.records import CommandEnded
from edge.ports import Transaction
from edge.services.inbound import NotTaken
from edge.services.link import Welcomed


@dataclass(frozen=True, slots=True)
class Ordered:
    """An effect: a command that a service carries out and answers by `Answered`. `by`: who gave it.

    `now` is what the cloud's clock shows; of the page's commands, the box's own.
    """

    cid: str
    type: str
    args: Mapping[str, Any]
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """An effect: the answer to an `Ordered`, final unless `state` is running. `code` and `msg` where it was not done,
    `out` what came of it, or what it waits for.
    """

    cid: str
    state: str
    code: str = ""
    msg: str = ""
    out: Mapping[str, Any] | None = None


CarryOut = Callable[[Ordered, Transaction], Answered]
Resumed = Callable[[str, Transaction], Answered | None]
"""How the command `cid` stands after a start; None: it goes on, and is answered later."""
NOTHING_AT_PAGE: Mapping[str, CarryOut] = MappingProxyType({})
NOTHING_OUTLIVES: Mapping[str, Resumed] = MappingProxyType({})


class Commands:
    """`welcomed` tells whether the cloud's clock is known: before that every command is answered clock.unset.

    `carried_out`: types that a service takes up (`Ordered`); `at_once`: what carries a type out in the transaction in
    which its cid is stored, so that no power cut comes between; the rest is refused. `keys`: who may sign class S;
    `nonce` is the one of this connection's hello. `resumed`: types that outlive a power cut, because what they wait for
    is in the ledger; of all others nobody knows then how far they came. `at_page`: what only who stands here may order.
    """

    def __init__(
        self, bus: Bus, *, tid: str, topics: Topics, welcomed: Callable[[], bool], carried_out: Set[str],
        at_once: Mapping[str, CarryOut], keys: Mapping[str, bytes], nonce: Callable[[], str],
        resumed: Mapping[str, Resumed] = NOTHING_OUTLIVES, at_page: Mapping[str, CarryOut] = NOTHING_AT_PAGE,
    ) -> None:  # fmt: skip
        self._at_page = at_page
        self._resumed = resumed
        self._carried_out = carried_out | at_once.keys()
        self._at_once = at_once
        self._keys = keys
        self._nonce = nonce
        self._cloud_clock: tuple[datetime, float] | None = None
        """What it was at the last welcome, and our monotonic clock then: a time to live is the cloud's (P12)."""
        self._tid = tid
        self._topics = topics
        self._welcomed = welcomed
        bus.on(Started, self._resume)
        bus.on(Command, self._command)
        bus.on(Signed, self._signed)
        bus.on(PageOrder, self._page)
        bus.on(MessageFailed, self._failed)
        bus.on(Answered, self._answered)
        bus.on(Welcomed, self._set_clock)

    def _command(self, command: Command, tx: Transaction, *, signed: bool = False) -> None:
        stored = tx.commands.answer(command.cid)
        if stored is not None:
            if stored:
                self._publish({**json.loads(stored), "dup": True}, tx)
        elif not self._welcomed():
            self._answer(command, "rejected", "clock.unset", "no welcome yet: the time to live cannot be judged", tx)
        elif command.type in SIGNED_TYPES and not signed:
            tx.commands.begin(command.cid, command.type)
            self._answer(command, "rejected", "sig.required", f"{command.type} must be signed", tx)
        else:
            tx.commands.begin(command.cid, command.type)
            self._order(command, tx)

    def _order(self, command: Command, tx: Transaction) -> None:
        now = self._cloud_now(tx)
        if command.type not in self._carried_out:
            code = "cmd.unsupported" if command.type in SIGNED_TYPES else "cmd.unknown"
            self._answer(command, "rejected", code, f"{command.type} is not carried out by this version", tx)
        elif now is None or now > datetime.fromisoformat(command.iat) + timedelta(seconds=command.ttl_s):
            self._answer(command, "expired", "cmd.expired", f"its {command.ttl_s} s are over", tx)
        else:
            self._carry_out(Ordered(command.cid, command.type, command.args, command.by, now), tx)

    def _page(self, order: PageOrder, tx: Transaction) -> None:
        """A cid is used up by what it was first given for, and told again only to whoever gave that."""
        given, stored = tx.commands.given(order.cid), tx.commands.answer(order.cid)
        if given is not None and given != (order.type, order.by, order.mark):
            other = fault("schema.invalid", "this cid was given for something else")
            refused = Result(tid=self._tid, cid=order.cid, state="rejected", at=iso_ms(tx.stamp.at), err=other)
            tx.after_commit(PageAnswer(order.cid, refused.wire()))
            return
        if stored is not None:
            if stored:
                tx.after_commit(PageAnswer(order.cid, json.loads(stored)))
            return
        tx.commands.begin(order.cid, order.type, given_by=order.by, given_mark=order.mark)
        ordered = Ordered(order.cid, order.type, order.args, order.by, tx.stamp.at)
        if (here := self._at_page.get(order.type)) is not None:
            self._answered(here(ordered, tx), tx)
        elif order.type in self._carried_out:
            self._carry_out(ordered, tx)
        else:
            why = f"{order.type} is not carried out by this terminal"
            self._answered(Answered(order.cid, "rejected", "cmd.unsupported", why), tx)

    def _failed(self, failed: MessageFailed, tx: Transaction) -> None:
        """Nothing of it was kept: whoever waits at the page is told, and may give it again."""
        if isinstance(failed.message, PageOrder):
            error = fault("internal", str(failed.error)[:256]).model_dump()
            tx.after_commit(PageAnswer(failed.message.cid, {"state": "failed", "err": error}))

    def _carry_out(self, ordered: Ordered, tx: Transaction) -> None:
        if (at_once := self._at_once.get(ordered.type)) is not None:
            self._answered(at_once(ordered, tx), tx)
        else:
            tx.after_commit(ordered)

    def _signed(self, signed: Signed, tx: Transaction) -> None:
        """Signature, terminal, then what was answered before, then nonce and counter (P13)."""
        try:
            command = checked(Command, read_jws(signed.jws, self._keys), where="a signed command")
        except WireError as error:
            # Whoever cannot sign is not answered: its cid is as little to be believed as the rest.
            tx.after_commit(NotTaken(error, Down.CMD))
            return
        ctr = int(tx.get("ctr") or 0)
        if command.tid != self._tid:
            wrong = WireError("cmd.wrong_terminal", "signed for another", expected=self._tid, got=command.tid)
            tx.after_commit(NotTaken(wrong, Down.CMD))
        elif tx.commands.answer(command.cid) is not None or not self._welcomed():
            self._command(command, tx, signed=True)
        elif command.nonce != self._nonce():
            self._answer(command, "rejected", "cmd.nonce_mismatch", "signed for another session", tx)
        elif command.ctr is None or command.ctr <= ctr:
            self._answer(command, "rejected", "cmd.replayed", f"the counter stands at {ctr} already", tx)
        else:
            tx.put("ctr", str(command.ctr))
            self._command(command, tx, signed=True)

    def _set_clock(self, welcomed: Welcomed, tx: Transaction) -> None:
        self._cloud_clock = (datetime.fromisoformat(welcomed.welcome.at), tx.stamp.mono)

    def _cloud_now(self, tx: Transaction) -> datetime | None:
        if self._cloud_clock is None:
            return None
        at, mono = self._cloud_clock
        return at + timedelta(seconds=tx.stamp.mono - mono)

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
        if answered.state in FINAL_STATES:
            self._end(answered.cid, kind, result, tx)
        self._tell(answered.cid, result, tx)

    def _end(self, cid: str, kind: str, result: dict[str, Any], tx: Transaction) -> None:
        tx.commands.finish(cid, json.dumps(result, ensure_ascii=False))
        code = result["err"]["code"] if "err" in result else None
        tx.append(CommandEnded(cid, kind, result["state"], code, self._giver(cid, tx) or None))

    def _tell(self, cid: str, result: dict[str, Any], tx: Transaction) -> None:
        if self._giver(cid, tx):
            tx.after_commit(PageAnswer(cid, result))
        else:
            self._publish(result, tx)

    def _giver(self, cid: str, tx: Transaction) -> str:
        given = tx.commands.given(cid)
        return given[1] if given is not None else ""

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Begun before the power went: nobody knows how far it came, and it is not done again."""
        for cid, kind in tx.commands.running():
            if (resumed := self._resumed.get(kind)) is not None:
                if (answer := resumed(cid, tx)) is not None:
                    tx.after_commit(answer)
                continue
            problem = fault("cmd.outcome_unknown", "power lost while executing; not retried")
            result = Result(tid=self._tid, cid=cid, state="failed", at=iso_ms(tx.stamp.at), err=problem)
            self._end(cid, kind, result.wire(), tx)

    def _publish(self, result: dict[str, Any], tx: Transaction) -> None:
        message = Result.model_validate({**result})
        tx.after_commit(Publish(self._topics.up(self._tid, Up.RES), payload(message), qos=1))
