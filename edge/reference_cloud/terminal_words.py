"""`edge cloud terminals`, `terminal` and `health`: the fleet's books, read and written by hand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge.clock import SystemClock
from edge.errors import IllegalMove, SettingsError
from edge.model.fleet import TerminalState
from edge.reference_cloud.fleet_table import ailments, counted, json_line, table
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import desk_at
from edge.reference_cloud.registry import HandedOver, Registry, Terminal
from edge.reference_cloud.rights import Right
from edge.reference_cloud.store import existing

_UNREGISTERED = "unregistered"


def terminals(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud terminals`: which there are, and how they are."""
    parser = argparse.ArgumentParser(prog="edge cloud terminals", description="The terminals, and how they are.")
    _db(parser)
    parser.add_argument("--store", help="of this shop alone")
    parser.add_argument("--tag", action="append", default=[], help="that have this tag; more than one: all of them")
    states = [state.value for state in TerminalState]
    parser.add_argument("--state", choices=(*states, _UNREGISTERED), help="that are so in the books")
    parser.add_argument(
        "--handed",
        action="append",
        default=[],
        choices=[one.value for one in HandedOver],
        help="whose installation ended so; no: nobody checked it. May be given again: any of them",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(argv)
    clock = SystemClock()
    with existing(options.db) as store:
        now, found = clock.wall(), [one for one in Registry(store, clock).terminals() if _is_meant(one, options)]
    for line in (json_line(one, now) for one in found) if options.json else table(found, now):
        print(line)
    return 0


def health(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud health`. Exit code 1: somebody must look after something."""
    parser = argparse.ArgumentParser(
        prog="edge cloud health", description="Who is silent, who does not get rid of its rows, whose certificate ends."
    )
    _db(parser)
    options = parser.parse_args(argv)
    clock = SystemClock()
    with existing(options.db) as store:
        now, found = clock.wall(), Registry(store, clock).terminals()
    sentences = list(ailments(found, now))
    for sentence in sentences:
        print(sentence)
    print(f"{counted(len(found))}, " + (f"{len(sentences)} to look after" if sentences else "all well"))
    return 1 if sentences else 0


def terminal(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud terminal`: shows one, or writes what the books say of it."""
    parser = argparse.ArgumentParser(prog="edge cloud terminal", description="What the books say of one terminal.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("--store", help="where it stands, such as S-00817")
    parser.add_argument("--tag", action="append", default=[], help="it gets this one; may be given again")
    parser.add_argument("--untag", action="append", default=[], help="it loses this one; may be given again")
    parser.add_argument("--state", choices=[state.value for state in TerminalState])
    add_who(parser)
    options = parser.parse_args(argv)
    clock, what = SystemClock(), " ".join(_written(options))
    if what:
        with desk_at(options.db, options.who) as desk:
            desk.allow(Right.FLEET, f"terminal {options.tid[:40]} {what}", options.tid)
            one = _entered(Registry(desk.store, clock), options)
            desk.commit()
    else:
        with existing(options.db) as store:
            one = Registry(store, clock).known(options.tid)
    for line in table([one], clock.wall()):
        print(line)
    return 0


def _written(options: argparse.Namespace) -> Iterator[str]:
    """What is to be changed, in words."""
    yield from (f"{name} {value[:40]}" for name in ("store", "state") if (value := getattr(options, name)) is not None)
    yield from (f"{name} {tag[:40]}" for name in ("tag", "untag") for tag in getattr(options, name))


def _entered(registry: Registry, options: argparse.Namespace) -> Terminal:
    state = TerminalState(options.state) if options.state is not None else None
    try:
        return registry.enter(
            options.tid, store=options.store, add=options.tag, remove=options.untag, state=state
        )  # fmt: skip
    except IllegalMove as error:
        raise SettingsError(
            error.what, where="--state", expected=error.expected, got=error.got, cure="docs/state-machines.md has all."
        ) from error


def _is_meant(one: Terminal, options: argparse.Namespace) -> bool:
    state = one.state.value if one.state is not None else _UNREGISTERED
    return (
        (options.store is None or one.store == options.store)
        and set(options.tag) <= set(one.tags)
        and options.state in (None, state)
        and (not options.handed or one.handed_over in options.handed)
    )


def _db(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
