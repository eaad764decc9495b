"""`edge cloud promotions`: what is cheaper in a shop beside what the shop says, from a file as its own."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

from edge.codec.wire_promotion import PUBLISH, PromotionArgs
from edge.errors import SettingsError
from edge.reference_cloud.command_words import give
from edge.reference_cloud.config_words import tables_of
from edge.reference_cloud.operator_words import add_who

WAIT_S = 20.0


def promotions(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud promotions`: a whole set, or none any more."""
    parser = argparse.ArgumentParser(
        prog="edge cloud promotions", description="What is cheaper, beside the shop's own."
    )
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="TOML, as docs/promotions.md says")
    parser.add_argument("--end", action="store_true", help="instead of a file: none of this set holds any more")
    parser.add_argument("--set", default=PromotionArgs.model_fields["set"].default, help="whose they are")
    parser.add_argument("--ver", type=int, help="the version; by default one more than the last that this cloud gave")
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="S", help=f"so long, {WAIT_S:g} s by default")
    add_who(parser)
    options = parser.parse_intermixed_args(argv)
    if (options.file is not None) is options.end:
        raise SettingsError("what shall be cheaper?", where="edge cloud promotions", expected="FILE, or --end")
    told = json.loads(json.dumps(tables_of(options.file), default=_as_text)) if options.file is not None else {}
    ver = options.ver if options.ver is not None else _last(options.db, options.tid, options.set) + 1
    args: dict[str, Any] = {"set": options.set, "ver": ver, "promotions": told}
    print(f"version {ver} of the set {options.set}: {len(told)} promotions")
    return give(options.db, options.who, options.tid, PUBLISH, args, wait_s=options.wait)


def _last(db: Path, tid: str, set_name: str) -> int:
    """The highest version of a set that this cloud gave the terminal; 0: none."""
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute(
                "SELECT coalesce(max(json_extract(body, '$.args.ver')), 0) FROM command WHERE tid = ?"
                " AND json_extract(body, '$.type') = ? AND json_extract(body, '$.args.set') = ?",
                (tid, PUBLISH, set_name),
            ).fetchone()
    except sqlite3.Error as error:
        raise SettingsError(f"this is no file of edge cloud: {error}", where="--db", got=str(db)) from error
    return int(found)


def _as_text(value: object) -> str:
    """A day or a time of TOML."""
    if isinstance(value, date | time):
        return value.isoformat()
    raise SettingsError(
        "it cannot be sent", expected="texts, whole numbers, true, false, days and lists", got=repr(value)
    )
