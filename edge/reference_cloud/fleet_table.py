"""The fleet as a person reads it: a table, one terminal's card, and what ails whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from edge.clock import iso_ms
from edge.model.fleet import HERE
from edge.reference_cloud.one_line import one_line
from edge.reference_cloud.registry import HandedOver, Terminal

SILENT = timedelta(minutes=15)
"""Three samples of telemetry: a terminal that is there says something in this time."""
UNSENT = timedelta(minutes=15)
TWINS = FORGED = timedelta(days=1)
"""A copied identity is a matter for a person, also when one of the two is off now; so is somebody who forges orders."""
CERTIFICATE_DAYS = 30
"""It renews itself at two thirds of its life, months before."""

NOT_REGISTERED = "not registered"
_COLUMNS = ("terminal", "store", "state", "line", "app", "unsent", "catalogue", "config", "certificate", "handed over",
            "tags")  # fmt: skip
_HANDED = {HandedOver.WELL: "well", HandedOver.FAULTS: "with faults", HandedOver.NO: "no"}
_LINE = {"online": "online since", "offline": "offline since", "sleep": "stopped since"}


def table(terminals: Sequence[Terminal], now: datetime) -> Iterator[str]:
    """A head, a line each, and a sum."""
    rows = [_COLUMNS, *(_cells(terminal, now) for terminal in terminals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    online = sum(terminal.line == "online" for terminal in terminals)
    unregistered = sum(terminal.state is None for terminal in terminals)
    yield f"{counted(len(terminals))}, {online} online" + (f", {unregistered} not registered" if unregistered else "")


def json_line(terminal: Terminal, now: datetime) -> str:
    """What `table` says of one, as an object."""
    unsent = terminal.unsent
    told: dict[str, Any] = {
        "tid": terminal.tid, "store": terminal.store, "tags": list(terminal.tags),
        "state": terminal.state.value if terminal.state is not None else None, "line": terminal.line or None,
        "since": _iso(terminal.since), "heard": _iso(terminal.heard), "app": terminal.app or None,
        "unsent_s": round(unsent.total_seconds()) if unsent is not None else None, "cat_ver": terminal.catalogue,
        "cat_due": terminal.catalogue_due, "cfg_ver": terminal.config,
        "cert_days": terminal.certificate_days(now), "handed": terminal.handed_over.value,
        "handed_at": _iso(terminal.handed_over_at),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def ailments(terminals: Sequence[Terminal], now: datetime) -> Iterator[str]:
    """A sentence for each thing that somebody should look after; of terminals that this cloud still has to do with."""
    for terminal in terminals:
        if terminal.state is None or terminal.state in HERE:
            store = f" ({terminal.store})" if terminal.store else ""
            yield from (f"{terminal.tid}{store}: {sentence}" for sentence in _ailments(terminal, now))


def counted(terminals: int) -> str:
    return f"{terminals} terminal" + ("" if terminals == 1 else "s")


def age(span: timedelta) -> str:
    """In the largest unit that fits: 40 s, 12 min, 3 h, 5 d."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7_200:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 172_800 else f"{seconds // 86_400} d"


def line_words(terminal: Terminal, now: datetime) -> str:
    """Such as: online since 3 h."""
    if not terminal.line:
        return "never seen"
    words = _LINE.get(terminal.line, terminal.line)
    return f"{words} {age(now - terminal.since)}" if terminal.since is not None else terminal.line


def _ailments(terminal: Terminal, now: datetime) -> Iterator[str]:
    if terminal.twins_at is not None and now - terminal.twins_at < TWINS:
        yield (
            f"two boxes use its identity, last seen {age(now - terminal.twins_at)} ago: somebody has copied its card."
            f" edge cloud ca revoke {terminal.tid}, and enrol the right one again"
        )
    if terminal.forged_at is not None and now - terminal.forged_at < FORGED:
        yield (
            f"it refused signed orders, {terminal.forged}, last told {age(now - terminal.forged_at)} ago: its file of"
            " [cloud] command_keys lacks the key that signs here, or somebody else writes at the broker"
        )
    if terminal.line == "online" and terminal.heard is not None and now - terminal.heard > SILENT:
        yield (
            f"it is said to be online, and has been silent for {age(now - terminal.heard)}. Look at its power and its"
            " network; a shop that is called can read its page"
        )
    if terminal.unsent is not None and terminal.unsent > UNSENT:
        cure = (
            f"edge cloud report shows what is missing of it; edge cloud command {terminal.tid} diag.run asks it"
            if terminal.line == "online"
            else "it sells on and sends all when it is back. Look at its network"
        )
        yield f"its oldest row has waited for {age(terminal.unsent)}: {cure}"
    days = terminal.certificate_days(now)
    if days is not None and days < 0:
        yield f"its certificate ended {-days} days ago, so that it cannot connect. It must be enrolled again"
    elif days is not None and days < CERTIFICATE_DAYS:
        yield (
            f"its certificate ends in {days} days, and it has not renewed it by itself."
            f" edge cloud command {terminal.tid} cert.rotate makes it do so"
        )


def _cells(terminal: Terminal, now: datetime) -> tuple[str, ...]:
    days, due = terminal.certificate_days(now), terminal.catalogue_due
    behind = due is not None and due != terminal.catalogue
    return (
        terminal.tid, terminal.store or "-", terminal.state.value if terminal.state is not None else NOT_REGISTERED,
        line_words(terminal, now), one_line(terminal.app) or "-",
        age(terminal.unsent) if terminal.unsent is not None else "-",
        _number(terminal.catalogue) + (f" of {due}" if behind else ""), _number(terminal.config),
        f"{days} d" if days is not None else "-", _HANDED[terminal.handed_over], " ".join(terminal.tags),
    )  # fmt: skip


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _iso(at: datetime | None) -> str | None:
    return iso_ms(at) if at is not None else None
