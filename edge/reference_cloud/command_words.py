"""`edge cloud command`, `commands` and `approve`: what terminals are told to do, and what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import ValidationError

from edge.clock import Clock, SystemClock
from edge.codec.wire import invalid
from edge.codec.wire_down import Command
from edge.codec.wire_parcel import EXPECT, read_expected
from edge.codec.wire_service import OFFER
from edge.errors import SettingsError, WireError
from edge.model.fleet import TerminalState
from edge.reference_cloud.command_args import kind_of, read_args
from edge.reference_cloud.command_kinds import Kind
from edge.reference_cloud.command_table import Given, given, given_one, json_line, kind_lines, state_words, table
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import NOBODY, Desk, desk_at
from edge.reference_cloud.parcels import Parcels
from edge.reference_cloud.providers import offered
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.rights import Right
from edge.reference_cloud.store import CloudStore, existing

NEWEST = 50
LOOK_S = 0.1
GONE = frozenset({TerminalState.RETIRED, TerminalState.MOVED})


def command(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud command`. Exit code 1: it was waited for, and not done."""
    if "--list" in argv:
        for line in kind_lines():
            print(line)
        return 0
    parser = argparse.ArgumentParser(prog="edge cloud command", description="Give a terminal a command.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("type", metavar="TYPE", help="such as print.text; --list tells them all")
    parser.add_argument("words", metavar="KEY=VALUE", nargs="*", help="the value is JSON where it is JSON, else text")
    parser.add_argument("--args", default="{}", help="the arguments as one JSON object")
    parser.add_argument("--ttl", type=int, metavar="S", help="how long it is good for; the type's own by default")
    parser.add_argument("--wait", type=float, metavar="S", help="tell how it goes, so long")
    add_who(parser)
    options = parser.parse_intermixed_args(argv)
    kind = kind_of(options.type)
    args = read_args(kind, options.words, options.args)
    return give(options.db, options.who, options.tid, kind.name, args, ttl_s=options.ttl, wait_s=options.wait)


def give(
    db: Path, who: str | None, tid: str, name: str, args: dict[str, Any], *, ttl_s: int | None = None,
    wait_s: float | None = None,
) -> int:  # fmt: skip
    """A command, by its right; tells how it goes for `wait_s`. The exit code."""
    kind = kind_of(name)
    with desk_at(db, who) as desk:
        _check_terminal(desk, tid)
        desk.allow(kind.right, f"command {kind.name}", tid)
        told = _told(desk, kind, tid, args, kind.ttl_s if ttl_s is None else ttl_s)
        desk.commit(told.cid)
        print(f"{told.cid}  {told.type} for {told.tid}", flush=True)
        return _followed(desk.store, desk.clock, told.cid, wait_s)


def commands(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud commands`."""
    parser = argparse.ArgumentParser(prog="edge cloud commands", description="What was ordered, and what became of it.")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
    parser.add_argument("--tid", help="of this terminal alone")
    parser.add_argument("--newest", type=int, default=NEWEST, help=f"so many, {NEWEST} by default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(argv)
    with existing(options.db) as store:
        rows = given(store, SystemClock().wall(), tid=options.tid, newest=max(1, options.newest))
    for line in map(json_line, rows) if options.json else table(rows):
        print(line)
    return 0


def approve(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud approve`: the second yes to what takes two."""
    parser = argparse.ArgumentParser(prog="edge cloud approve", description="Say the second yes.")
    parser.add_argument("cid", metavar="CID", help="of edge cloud commands")
    parser.add_argument("--wait", type=float, metavar="S", help="tell how it goes, so long")
    add_who(parser)
    options = parser.parse_args(argv)
    with desk_at(options.db, options.who) as desk:
        row = given_one(desk.store, desk.clock.wall(), options.cid)
        if row is None or row.state != "proposed":
            raise SettingsError(
                "this is no command that waits for a second operator", where="CID",
                got=state_words(row) if row is not None else options.cid[:64],
                cure="edge cloud commands lists them.",
            )  # fmt: skip
        what = f"approve {row.command.type} {row.command.cid}"
        desk.allow(Right.FLEET_TWO, what, row.command.tid)
        desk.second(row.command.by, what, row.command.tid)
        told = desk.orders.approve(row.command, by=desk.by)
        desk.commit()
        print(f"{told.cid}  {told.type} for {told.tid}, by {told.by}", flush=True)
        return _followed(desk.store, desk.clock, told.cid, options.wait)


def follow(
    store: CloudStore, clock: Clock, cid: str, *, wait_s: float, pause: Callable[[float], object]
) -> Iterator[Given]:  # fmt: skip
    """Each state that is seen of it, until it is final or `wait_s` is over."""
    until, told = clock.mono() + wait_s, ""
    while (row := given_one(store, clock.wall(), cid)) is not None:
        if state_words(row) != told:
            told = state_words(row)
            yield row
        if row.is_final or clock.mono() >= until:
            return
        pause(LOOK_S)


def _followed(store: CloudStore, clock: Clock, cid: str, wait_s: float | None) -> int:
    last = None
    for last in follow(store, clock, cid, wait_s=wait_s or 0, pause=Event().wait):
        print(f"    {state_words(last)}", flush=True)
    if wait_s is None or (last is not None and last.state == "done"):
        return 0
    if last is not None and not last.is_final:
        print(f"    no last word within {wait_s:g} s: it goes on, and edge cloud commands tells of it")
    return 1


def _check_terminal(desk: Desk, tid: str) -> None:
    known = Registry(desk.store, desk.clock).known(tid)
    if known.state in GONE and known.state is not None:
        raise SettingsError(
            f"this terminal is {known.state.value}, and takes no commands of this cloud", where="TID", got=tid,
            cure="edge cloud terminal TID --state says so where it has come back.",
        )  # fmt: skip


def _told(desk: Desk, kind: Kind, tid: str, args: dict[str, Any], ttl_s: int) -> Command:
    """Hand it in, or propose it. Raises SettingsError."""
    takes_two = kind.right is Right.FLEET_TWO
    if takes_two and desk.operator.name == NOBODY:
        raise SettingsError(
            "this takes two operators, and there are none", where=kind.name,
            cure="edge cloud operator NAME --role fleet enters them.",
        )  # fmt: skip
    try:
        if kind.name == EXPECT:
            Parcels(desk.store, desk.clock).address(tid, read_expected(args))
        if kind.name == OFFER:
            args = offered(desk.store, tid, args, desk.clock, desk.chance)
        return desk.orders.order(
            tid, kind.name, args, ttl_s=ttl_s, by=desk.by, hand_in=not takes_two, proposed=takes_two
        )
    except ValidationError as error:
        raise SettingsError(
            f"this is no command: {invalid(error, where='edge cloud command').what}", where="edge cloud command",
            expected="the tid of a terminal, and a ttl of 1 s to 30 days",
        ) from error  # fmt: skip
    except WireError as error:
        raise SettingsError(
            f"this is no command: {error}", where=kind.name,
            expected=error.expected or "what docs/cloud-contract.md says of it",
        ) from error  # fmt: skip
