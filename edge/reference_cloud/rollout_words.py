"""`edge cloud rollout`: a command for many terminals, wave by wave, and how it goes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from pydantic import ValidationError

from edge.clock import SystemClock
from edge.codec.wire_down import Command
from edge.errors import IllegalMove, ModelError, SettingsError
from edge.model.rollout import RolloutEvent, RolloutState, Target
from edge.reference_cloud.command_args import kind_of, read_args
from edge.reference_cloud.fleet_table import counted
from edge.reference_cloud.one_line import one_line
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import NOBODY, Desk, desk_at
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.rights import Right
from edge.reference_cloud.rollouts import Order, Rollout, Rollouts, read_waves, wave_words
from edge.reference_cloud.selector import read_selector
from edge.reference_cloud.store import existing

FOR_MANY = frozenset(
    {"update.install", "cert.rotate", "trust.update", "cat.sync", "cfg.resend", "time.sync", "selftest", "diag.run",
     "service.restart", "reboot", "message.show", "print.text", "promo.publish", "terminal.suspend"}
)  # fmt: skip
"""No door of two thousand shops is opened by one line, and what is one shop's affair is ordered for that one."""
SHOWN = 20
_EVENTS = {event.value: event for event in (RolloutEvent.APPROVE, RolloutEvent.PAUSE, RolloutEvent.RESUME,
                                            RolloutEvent.ABORT)}  # fmt: skip


def rollout(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud rollout`. Exit code 1: the one that was asked about was aborted."""
    if argv[:1] == ["start"]:
        return _start(_start_options().parse_intermixed_args(argv[1:]))
    options = _options().parse_args(argv)
    return _status(options) if options.action == "status" else _tell(options, _EVENTS[options.action])


def status_lines(one: Rollout, failing: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """How one goes: a head, a line for each wave, and who is not well."""
    of = f", wave {one.wave} of {len(one.waves)}" if one.state in (RolloutState.RUNNING, RolloutState.PAUSED) else ""
    why = f": {one.why}" if one.why else ""
    whom = f"{one.chosen}, {counted(one.count())}"
    yield f"rollout {one.n}: {one.type} to {whom}, by {one.who}: {one.state.value}{of}{why}"
    for wave, percent in enumerate(one.waves, 1):
        counts = one.counts.get(wave)
        told = wave_words([(state, counts[state]) for state in Target]) if counts else "nobody"
        yield f"    wave {wave}, up to {percent} %: {told}"
    failed = one.count(Target.FAILED, upto=one.wave)
    yield f"    {failed} of {one.begun} failed; it stops above {one.abort_percent} %"
    yield from (f"    {tid}  {state}: {one_line(why)}" for tid, state, why in failing)


def _start(options: argparse.Namespace) -> int:
    kind = kind_of(options.type)
    if kind.name not in FOR_MANY:
        raise SettingsError("this is no command for many", where="--type", expected=", ".join(sorted(FOR_MANY)),
                            got=kind.name)  # fmt: skip
    args = read_args(kind, options.words, options.args)
    if not 0 <= options.abort_percent <= 100:
        raise SettingsError("this is no share", where="--abort-percent", expected="0 to 100",
                            got=str(options.abort_percent))  # fmt: skip
    order = Order(kind.name, args, kind.ttl_s if options.ttl is None else options.ttl, read_selector(options.select),
                  read_waves(options.waves), options.abort_percent)  # fmt: skip
    _check_ttl(order)
    takes_two = kind.right is Right.FLEET_TWO
    with desk_at(options.db, options.who) as desk:
        desk.allow(Right.FLEET, f"rollout {kind.name} to {order.selector.text[:120]}")
        if takes_two and desk.operator.name == NOBODY:
            raise SettingsError("this takes two operators, and there are none", where=kind.name,
                                cure="edge cloud operator NAME --role fleet enters them.")  # fmt: skip
        rollouts = Rollouts(desk.store, desk.orders, desk.clock)
        try:
            n = rollouts.start(order, by=desk.by, proposed=takes_two)
        except ModelError as error:
            raise SettingsError(error.what, where="--waves", expected=error.expected, got=options.waves[:40]) from error
        desk.commit(f"rollout {n}")
        for line in status_lines(rollouts.rollout(n), ()):
            print(line)
    if takes_two:
        print(f"    waits for a second operator: edge cloud rollout approve {n} --as NAME")
    return 0


def _status(options: argparse.Namespace) -> int:
    with existing(options.db) as store:
        rollouts = Rollouts(store, Orders(store, SystemClock(), Random()), SystemClock())
        numbers = rollouts.numbers() if options.n is None else [options.n]
        found = [(rollouts.rollout(n), rollouts.failing(n, newest=SHOWN)) for n in numbers]
    for one, failing in found:
        shown = failing if options.n is not None else ()
        for line in (_object(one, shown),) if options.json else status_lines(one, shown):
            print(line)
    return 1 if options.n is not None and found[0][0].state is RolloutState.ABORTED else 0


def _tell(options: argparse.Namespace, event: RolloutEvent) -> int:
    with desk_at(options.db, options.who) as desk:
        rollouts = Rollouts(desk.store, desk.orders, desk.clock)
        one = rollouts.rollout(options.n)
        what = f"{event.value} rollout {one.n}"
        desk.allow(Right.FLEET_TWO if event is RolloutEvent.APPROVE else Right.FLEET, what)
        if event is RolloutEvent.APPROVE:
            desk.second(one.who, what)
        _move(rollouts, one.n, event, desk)
        desk.commit()
        for line in status_lines(rollouts.rollout(one.n), ()):
            print(line)
    return 0


def _move(rollouts: Rollouts, n: int, event: RolloutEvent, desk: Desk) -> None:
    why = "" if event in (RolloutEvent.APPROVE, RolloutEvent.RESUME) else f"by {desk.operator.name}"
    try:
        rollouts.tell(n, event, why)
    except IllegalMove as error:
        raise SettingsError(error.what, where=f"rollout {n}", expected=error.expected, got=event.value) from error


def _check_ttl(order: Order) -> None:
    try:
        Command.model_validate({
            "tid": "T0000000", "cid": "00000000-0000-7000-8000-000000000000", "type": order.type,
            "iat": "2026-01-01T00:00:00.000Z", "ttl_s": order.ttl_s, "args": order.args, "by": "rollout",
        })  # fmt: skip
    except ValidationError as error:
        raise SettingsError("no command is good for so long", where="--ttl", expected="1 s to 30 days",
                            got=str(order.ttl_s)) from error  # fmt: skip


def _object(one: Rollout, failing: Sequence[tuple[str, str, str]]) -> str:
    waves = {str(wave): {state.value: times for state, times in counts.items()} for wave, counts in one.counts.items()}
    return json.dumps(
        {"n": one.n, "type": one.type, "to": one.chosen, "by": one.who, "state": one.state.value, "wave": one.wave,
         "why": one.why, "waves": waves, "failing": [list(row) for row in failing]}, ensure_ascii=False,
    )  # fmt: skip


def _start_options() -> argparse.ArgumentParser:
    start = argparse.ArgumentParser(prog="edge cloud rollout start", description="Begin with the first wave.")
    start.add_argument("words", metavar="KEY=VALUE", nargs="*", help="what the command takes")
    start.add_argument("--type", required=True, help="such as update.install")
    start.add_argument("--args", default="{}", help="the arguments as one JSON object")
    start.add_argument("--select", required=True, help="such as 'tag=pilot and app<2.0', or all")
    start.add_argument("--waves", default="1%,10%,100%", help="how many have it after each; 1%%,10%%,100%% by default")
    start.add_argument("--abort-percent", type=int, default=3, help="it stops when more of them fail; 3 by default")
    start.add_argument("--ttl", type=int, metavar="S", help="how long each command is good for")
    add_who(start)
    return start


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge cloud rollout", description="A command for many, wave by wave.")
    actions = parser.add_subparsers(required=True, dest="action", metavar="ACTION")
    actions.add_parser("start", help="begin with the first wave")
    status = actions.add_parser("status", help="how they go")
    status.add_argument("n", metavar="N", type=int, nargs="?", help="one, with who is not well; all by default")
    status.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
    status.add_argument("--json", action="store_true", help="one JSON object a line")
    for name, words in (
        ("approve", "the second yes to what takes two"), ("pause", "nobody new is told"), ("resume", "it goes on"),
        ("abort", "it is over; what has not been sent never is"),
    ):  # fmt: skip
        action = actions.add_parser(name, help=words)
        action.add_argument("n", metavar="N", type=int)
        add_who(action)
    return parser
