"""Commands as a person reads them: what was ordered, what became of it, and what to do where nothing did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from edge.clock import iso_ms
from edge.codec.json_text import compact, read_object
from edge.codec.wire_down import SIGNED_TYPES, Command
from edge.codec.wire_up import FINAL_STATES
from edge.reference_cloud.command_kinds import KINDS
from edge.reference_cloud.one_line import one_line
from edge.reference_cloud.orders import RUNS_AT_MOST
from edge.reference_cloud.store import CloudStore

_STATES: Mapping[str, str] = MappingProxyType(
    {
        "proposed": "waits for a second operator",
        "new": "handed in; the cloud that serves this file sends it",
        "later": "waits for its turn",
        "sent": "sent, and not answered yet",
        "accepted": "the terminal has it",
        "running": "under way",
        "done": "done",
        "failed": "failed",
        "rejected": "refused by the terminal",
        "expired": "over: nobody answered in its time",
    }
)
_OWN: Mapping[tuple[str, str], str] = MappingProxyType(
    {("message.show", "accepted"): "the terminal has it, and nobody has read it yet", ("message.show", "done"): "read"}
)
"""What a state means of one type."""
_CURES: Mapping[str, str] = MappingProxyType(
    {
        "cmd.unknown": "This version of the terminal does not know it",
        "cmd.unsupported": "This terminal does not do that",
        "cmd.busy": "Give it again when that is over",
        "cmd.timeout": "Nobody at the counter agreed in time: call the shop",
        "cmd.outcome_unknown": "Look at the shop before you give it again",
        "cmd.expired": "Give it again, with more --ttl",
        "sig.required": "Start edge cloud with --command-key",
        "sig.invalid": "The terminal has another [cloud] command_keys",
        "schema.invalid": "edge cloud command --list tells what it takes",
        "promo.id_taken": "Ids are the shop's file's, and each set's, alone: rename it",
        "hw.printer_paper": "Paper is out",
        "hw.printer_offline": "Look at the printer's power and cable",
        "hw.locker_jam": "Somebody must look at the door",
        "hw.locker_offline": "Look at the lock board's power and cable",
        "store.full": "Its disk is full",
    }
)
"""By code of the contract: what to do about it."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command of the file. `state` is what it is now: one whose time is over has expired, whoever wrote it down."""

    command: Command
    state: str
    expires_at: str
    result: Mapping[str, Any] | None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


def given(store: CloudStore, now: datetime, *, tid: str | None = None, newest: int) -> list[Given]:
    """The newest, in the order in which they were given."""
    found = store.rows(
        "SELECT body, state, expires_at, result FROM command WHERE ?1 IS NULL OR tid = ?1 ORDER BY cid DESC LIMIT ?2",
        (tid, newest),
    )
    return [_given(now, *row) for row in reversed(found)]


def given_one(store: CloudStore, now: datetime, cid: str) -> Given | None:
    found = store.rows("SELECT body, state, expires_at, result FROM command WHERE cid = ?", (cid,))
    return _given(now, *found[0]) if found else None


def table(rows: Sequence[Given]) -> Iterator[str]:
    for row in rows:
        command = row.command
        yield f"{command.iat}  {command.tid}  {command.type}  {command.cid}  {command.by}"
        yield f"    {state_words(row)}"


def state_words(row: Given) -> str:
    """A sentence without a full stop; of what came of it, and what to do."""
    result, type_ = row.result or {}, row.command.type
    words = _OWN.get((type_, row.state)) or _STATES.get(row.state, row.state)
    if row.state == "proposed":
        return f"{words} until {row.expires_at}: edge cloud approve {row.command.cid} --as NAME"
    if row.state == "new" and type_ in SIGNED_TYPES:
        return f"{words}, signed by its --command-key"
    if (type_, row.state) in _OWN and row.state == "done" and "at" in result:
        words += f" at {result['at']}"
    if "pct" in result and row.state == "running":
        words += f", {result['pct']} %"
    if out := result.get("out"):
        words += f": {_told(out)}"
    if row.state == "running" and (result.get("out") or {}).get("wait") == "confirm":
        words += ". Somebody at the counter must press Enter"
    if err := result.get("err"):
        words += f": {err['msg']} ({err['code']})"
        words += f". {_CURES[err['code']]}" if err["code"] in _CURES else ""
    return one_line(words)


def json_line(row: Given) -> str:
    return json.dumps(
        {"cid": row.command.cid, "tid": row.command.tid, "type": row.command.type, "args": row.command.args,
         "by": row.command.by, "iat": row.command.iat, "state": row.state, "result": row.result},
        ensure_ascii=False,
    )  # fmt: skip


def kind_lines() -> Iterator[str]:
    """Every command that can be given."""
    yield f"{'type':<18}{'class':<7}{'who':<5}{'ttl':>9}  it takes"
    for kind in KINDS.values():
        fields = kind.args.model_fields if kind.args is not None else {}
        takes = ", ".join(name if field.is_required() else f"{name}?" for name, field in fields.items())
        yield f"{kind.name:<18}{kind.letter:<7}{kind.right.value:<5}{kind.ttl_s:>7} s  {takes or '-'}"
        yield f"    {kind.words}" + (f": {kind.example}" if kind.example else "")


def _given(now: datetime, body: str, state: str, expires_at: str, result: str | None) -> Given:
    command = Command.model_validate(read_object(body.encode()))
    begun = state in ("accepted", "running")
    if state not in FINAL_STATES and expires_at <= iso_ms(now - RUNS_AT_MOST if begun else now):
        state = "expired"
    return Given(command, state, expires_at, json.loads(result) if result else None)


def _told(out: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value if isinstance(value, str) else compact(value)}" for key, value in out.items())
