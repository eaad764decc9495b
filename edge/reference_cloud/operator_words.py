"""`edge cloud operator` and `audit`: who works at this cloud, and what everybody did."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from edge.clock import SystemClock
from edge.errors import SettingsError
from edge.reference_cloud.operators import NOBODY, Audit, Operator, Operators, desk_at
from edge.reference_cloud.rights import Right, Role
from edge.reference_cloud.store import existing

NEWEST = 50


def operator(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud operator`: lists them, or enters, changes or removes one."""
    parser = argparse.ArgumentParser(prog="edge cloud operator", description="Who may command terminals.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="none: all are listed")
    parser.add_argument("--role", choices=[role.value for role in Role])
    parser.add_argument("--store", default="", help="the only shop that it may command; all by default")
    parser.add_argument("--remove", action="store_true", help="it may do nothing any more")
    add_who(parser)
    options = parser.parse_intermixed_args(argv)
    if options.name is None:
        return _list(options.db)
    if (options.role is None) is not options.remove:
        raise SettingsError("what shall it be?", where="edge cloud operator", expected="--role ROLE, or --remove")
    with desk_at(options.db, options.who) as desk:
        if options.remove:
            desk.allow(Right.FLEET, f"operator {options.name[:40]} removed")
            desk.operators.remove(options.name)
        else:
            desk.allow(Right.FLEET, f"operator {options.name[:40]} is {options.role} {options.store}".strip())
            desk.operators.put(Operator(options.name, Role(options.role), options.store))
        desk.commit()
    return _list(options.db)


def audit(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud audit`."""
    parser = argparse.ArgumentParser(prog="edge cloud audit", description="What was done or refused, by whom.")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
    parser.add_argument("--tid", help="of this terminal alone")
    parser.add_argument("--by", help="of this operator alone")
    parser.add_argument("--newest", type=int, default=NEWEST, help=f"so many, {NEWEST} by default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_intermixed_args(argv)
    with existing(options.db) as store:
        rows = Audit(store, SystemClock()).rows(tid=options.tid, who=options.by, newest=max(1, options.newest))
    for row in rows:
        line = f"{row.at}  {row.who:<12}  {row.what}" + (f"  {row.tid}" if row.tid and row.tid not in row.what else "")
        print(json.dumps(asdict(row), ensure_ascii=False) if options.json else f"{line}  {row.outcome}")
    return 0


def add_who(parser: argparse.ArgumentParser) -> None:
    """What every command that writes takes."""
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db, which sends it")
    parser.add_argument("--as", dest="who", metavar="NAME", help="which operator this is; the only one by default")


def _list(path: Path) -> int:
    with existing(path) as store:
        everybody = Operators(store).everybody()
    for one in everybody:
        print(f"{one.name:<12}  {one.role.value:<10}  {one.store or 'all stores'}")
    if not everybody:
        print(f"no operators yet: whoever can write the file may do everything but what takes two, as {NOBODY}")
    return 0
