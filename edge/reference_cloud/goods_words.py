"""`edge cloud catalogue` and `resend`: what a terminal sells, and what it shall tell once more."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.codec.catalogue_csv import read_catalogue
from edge.codec.catalogue_op import PutItem, read_op
from edge.codec.wire import checked
from edge.codec.wire_down import CatOp
from edge.errors import CodecError, SettingsError
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.command_args import read_pairs
from edge.reference_cloud.fleet_table import line_words
from edge.reference_cloud.goods import changes, pieces
from edge.reference_cloud.goods_file import add_file_words, eff_of, place_of
from edge.reference_cloud.handed import Handed, What
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import Desk, desk_at
from edge.reference_cloud.registry import Registry, Terminal
from edge.reference_cloud.rights import Right
from edge.reference_cloud.sessions import MAX_OPEN_RESENDS
from edge.reference_cloud.spans import Spans

ASKED = "asked"
"""Why rows are to be sent again: a person wants it."""


def catalogue(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud catalogue`: a whole one as CSV, or changes; neither: it tells what there is."""
    parser = argparse.ArgumentParser(prog="edge cloud catalogue", description="What a terminal sells.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("csv", metavar="CSV", type=Path, nargs="?", help="the whole: what is not in it is taken out")
    parser.add_argument("--delta", type=Path, metavar="NDJSON", help="changes, one a line: {op: put|del, sku, …}")
    parser.add_argument("--put", nargs="+", action="append", default=[], metavar=("SKU", "KEY=VALUE"),
                        help="goods that are new or change, such as 6901234567892 price=360")  # fmt: skip
    parser.add_argument("--del", dest="gone", action="append", default=[], metavar="SKU", help="goods that go")
    parser.add_argument(
        "--eff", metavar="MOMENT", help="from when on, such as 2026-11-30T16:00:00.000Z; at once without"
    )
    add_file_words(parser)
    add_who(parser)
    options = parser.parse_intermixed_args(argv)
    ways = (options.csv is not None) + (options.delta is not None) + bool(options.put or options.gone)
    if ways > 1:
        raise SettingsError(
            "what shall it sell?", where="edge cloud catalogue", expected="CSV, or --delta FILE, or --put and --del"
        )
    with desk_at(options.db, options.who) as desk:
        terminal = Registry(desk.store, desk.clock).known(options.tid)
        catalogues = Catalogues(desk.store, desk.clock)
        if not ways:
            return _tell(catalogues, terminal)
        desk.allow(Right.FLEET, "catalogue", options.tid)
        ops, known = _ops(options, catalogues), catalogues.items(options.tid)
        if catalogues.begins_with_nothing(terminal.tid, has=terminal.catalogue or 0):
            _check_names(ops, known)
        if not ops:
            print(f"nothing to change: version {catalogues.version(terminal.tid)} of {terminal.tid} says this already")
            return 0
        place, eff = place_of(options), eff_of(options.eff)
        if place is not None:
            more = eff | place.file_of(ops, desk.clock, name=f"catalogue-{terminal.tid}")
            versions = [_published(desk, catalogues, terminal, ops, more)]
        else:
            versions = [_published(desk, catalogues, terminal, piece, eff) for piece in pieces(ops)]
        desk.commit(f"version {versions[-1]}")
    notices = "1 notice" if len(versions) == 1 else f"{len(versions)} notices"
    gone = sum(op.op == "del" for op in ops)
    print(f"version {versions[-1]} for {options.tid}: {len(ops) - gone} put, {gone} deleted, in {notices}")
    for sku in [op.sku for op in ops if op.op == "put" and op.sku not in known] if options.put else ():
        print(f"    {sku} is new to this cloud: if the shop has it not either, it is added there")
    print(f"    {when(desk, terminal)}; edge cloud terminals shows when it is in use")
    return 0


def _tell(catalogues: Catalogues, terminal: Terminal) -> int:
    """1 where the newest is not in use. What a shop took in by itself this cloud does not know."""
    ver, used = catalogues.version(terminal.tid), terminal.catalogue or 0
    for sku, item in sorted(catalogues.items(terminal.tid).items()):
        more = {key: value for key, value in item.items() if key not in ("op", "sku", "name")}
        print(f"{sku}  {item.get('name', '-')}  {', '.join(f'{key} {value}' for key, value in more.items())}")
    if not ver:
        print(f"{terminal.tid} was told of no goods: it sells what it took in by itself")
        return 0
    print(f"version {ver}, {'in use' if used >= ver else f'and {terminal.tid} uses {used}'}")
    return 0 if used >= ver else 1


def resend(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud resend`: rows that a terminal has told, told once more."""
    parser = argparse.ArgumentParser(prog="edge cloud resend", description="Ask a terminal for rows once more.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument(
        "stream", metavar="STREAM", choices=("tx", "pk", "ev"), help="tx money, pk parcels, ev all else"
    )
    parser.add_argument("lo", metavar="LO", type=int, help="the first row")
    parser.add_argument("hi", metavar="HI", type=int, help="the last row")
    add_who(parser)
    options = parser.parse_args(argv)
    with desk_at(options.db, options.who) as desk:
        terminal = Registry(desk.store, desk.clock).known(options.tid)
        desk.allow(Right.TECHNICIAN, f"resend {options.stream} {options.lo}-{options.hi}", options.tid)
        n, missing = _asked(desk, options.tid, options.stream, lo=options.lo, hi=options.hi)
        desk.commit(f"rs-{n}")
    rows = options.hi - options.lo + 1
    here = f"{missing} of them are missing here" if missing else "all of them are here; what comes twice is stored once"
    print(f"rs-{n}: {options.stream} {options.lo} to {options.hi} of {options.tid}, {rows} rows. {here}")
    print(f"    {when(desk, terminal)}; edge cloud report tells what is still missing, and what is gone for good")
    return 0


def _ops(options: argparse.Namespace, catalogues: Catalogues) -> list[CatOp]:
    if options.csv is not None:
        items = read_catalogue(_read(options.csv), name=str(options.csv)).items
        return changes(items, catalogues.items(options.tid))
    if options.delta is not None:
        return list(_delta(_read(options.delta), str(options.delta)))
    puts = [_op({"op": "put", "sku": sku, **read_pairs(words)}, "--put") for sku, *words in options.put]
    return puts + [_op({"op": "del", "sku": sku}, "--del") for sku in options.gone]


def _delta(octets: bytes, name: str) -> Iterator[CatOp]:
    try:
        lines = octets.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SettingsError("this is not UTF-8", where=name, cure="Save it as UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{name} line {number}"
            try:
                raw = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise SettingsError(f"this is not JSON: {error}", where=where) from error
            yield _op(raw, where)


def _check_names(ops: Sequence[CatOp], known: Mapping[str, object]) -> None:
    """One such put and the terminal refuses the whole notice, and with it all that build on it."""
    named = set(known)
    for op in ops:
        if op.op == "del":
            named.discard(op.sku)
        elif not op.name and op.sku not in named:
            raise SettingsError(
                "goods of which this cloud has told nothing need a name", where=f"sku {op.sku}",
                cure="Such as name='可乐 330ml', also where the shop has them of its own.",
            )  # fmt: skip
        else:
            named.add(op.sku)


def _op(raw: Any, where: str) -> CatOp:
    """As strict as the terminal that will read it, and stricter: a field that nobody knows is a slip of a person."""
    try:
        read = read_op(raw, where=where)
        if unknown := sorted(raw.keys() - CatOp.model_fields.keys()):
            raise SettingsError("no goods have this", where=where, expected=", ".join(CatOp.model_fields),
                                got=unknown[0])  # fmt: skip
        if isinstance(read, PutItem) and raw.keys() <= {"op", "sku"}:
            raise SettingsError("a put changes something", where=where, expected="such as price=360")
        return checked(CatOp, raw, where=where)
    except CodecError as error:
        raise SettingsError(error.what, where=error.where, expected=error.expected, got=error.got) from error


def _published(
    desk: Desk, catalogues: Catalogues, terminal: Terminal, piece: Sequence[CatOp], more: Mapping[str, Any]
) -> int:  # fmt: skip
    notice = catalogues.publish(terminal.tid, piece, since=terminal.catalogue or 0, more=more)
    Handed(desk.store, catalogues, desk.clock).hand(terminal.tid, What.NOTICE, notice.ver)
    return notice.ver


def _asked(desk: Desk, tid: str, stream: str, *, lo: int, hi: int) -> tuple[int, int]:
    """The number of the order, and how many of its rows are missing here. Raises SettingsError."""
    found = desk.store.rows(
        "SELECT l.lane, l.spans, json_extract(t.hello, '$.streams.' || ?2 || '.head') FROM lane l"
        " JOIN terminal t ON t.tid = l.tid AND t.epoch = l.epoch WHERE l.tid = ?1 AND l.stream = ?2", (tid, stream),
    )  # fmt: skip
    lane, text, head = found[0] if found else (0, "[]", 0)
    spans = Spans.read(text)
    last = max(spans.top, head or 0)
    if not found or not last:
        raise SettingsError(f"this terminal has no {stream} rows yet", where="STREAM", got=stream)
    if not 1 <= lo <= hi <= last:
        raise SettingsError("it has no such rows", where="LO HI", expected=f"1 to {last}, LO not above HI",
                            got=f"{lo} {hi}")  # fmt: skip
    under_way = [
        n for n, lo_, hi_, held in desk.store.rows(
            "SELECT r.n, r.lo, r.hi, l.spans FROM resend r JOIN lane l USING(lane) WHERE r.tid = ? AND r.filled = 0",
            (tid,),
        ) if Spans.read(held).missing(lo_, hi_)
    ]  # fmt: skip
    if len(under_way) >= MAX_OPEN_RESENDS:
        raise SettingsError(
            "enough is asked of it already", where="edge cloud resend", expected=f"{MAX_OPEN_RESENDS} at a time",
            cure="Wait until one is filled.",
        )  # fmt: skip
    order = desk.store.run(
        "INSERT INTO resend(tid, lane, lo, hi, why) VALUES(?, ?, ?, ?, ?)", (tid, lane, lo, hi, ASKED)
    )
    n = order.lastrowid or 0
    Handed(desk.store, Catalogues(desk.store, desk.clock), desk.clock).hand(tid, What.RESEND, n)
    return n, sum(last_ - first + 1 for first, last_ in spans.missing(lo, hi))


def when(desk: Desk, terminal: Terminal) -> str:
    """When a terminal hears of what is put into the file now."""
    if terminal.line == "online":
        return "it is online: the cloud that serves this file sends it at once"
    return f"it is {line_words(terminal, desk.clock.wall())}: it is told when it comes back"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
