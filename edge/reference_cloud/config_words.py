"""`edge cloud config`: what a terminal's settings shall be, and what it says of them."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from pathlib import Path

from edge.codec.config_body import SIGNED
from edge.codec.wire_up import CfgReported
from edge.errors import SettingsError, WireError
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.configs import Configs, body_of
from edge.reference_cloud.goods_words import when
from edge.reference_cloud.handed import Handed, What
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import desk_at
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.rights import Right

CONFIRM_S = 600


def config(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud config`. Without a file it tells what is wanted and what was said."""
    parser = argparse.ArgumentParser(prog="edge cloud config", description="What a terminal's settings shall be.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="TOML: tables and keys of a settings file")
    parser.add_argument("--confirm", type=int, default=CONFIRM_S, metavar="S",
                        help=f"taken back unless all is well within so long; {CONFIRM_S} by default")  # fmt: skip
    add_who(parser)
    options = parser.parse_intermixed_args(argv)
    with desk_at(options.db, options.who) as desk:
        terminal = Registry(desk.store, desk.clock).known(options.tid)
        configs = Configs(desk.store, desk.clock, None)
        if options.file is None:
            return _tell(configs, options.tid)
        body = body_of(tables_of(options.file), str(options.file))
        desk.allow(Right.FLEET, "config", options.tid)
        told = configs.reported(options.tid)
        try:
            ver = configs.want(
                options.tid, body, confirm_s=options.confirm,
                since=max(terminal.config or 0, told.ver if told is not None else 0),
            )  # fmt: skip
        except WireError as error:
            raise SettingsError(
                error.what, where=f"{options.file} {error.where}".strip(), expected=error.expected
            ) from error
        Handed(desk.store, Catalogues(desk.store, desk.clock), desk.clock).hand(options.tid, What.CONFIG, ver)
        desk.commit(f"version {ver}")
    signed = sorted(SIGNED & body.keys())
    print(f"version {ver} for {options.tid}: {', '.join(f'[{table}]' for table in body)}")
    if signed:
        print(f"    [{'], ['.join(signed)}] must be signed: the cloud needs --command-key")
    print(f"    {when(desk, terminal)}; it starts anew for it when nobody is served,")
    print(f"    and takes it back by itself unless all is well within {options.confirm} s")
    print(f"    edge cloud config {options.tid} tells what became of it")
    return 0


def _tell(configs: Configs, tid: str) -> int:
    """1 where the newest is not in force."""
    wanted, told = configs.wanted(tid), configs.reported(tid)
    if wanted is None:
        print(f"nothing is set for {tid}: it goes by its own file")
        return 0
    tables = ", ".join(f"[{table}]" for table in wanted.body or {})
    print(f"wanted: version {wanted.ver}, {tables or 'nothing beside its file'}")
    if told is None or told.ver < wanted.ver:
        print("not answered yet: it is told with its next hello at the latest")
        return 1
    print(_said(told))
    return 0 if told.status == "applied" else 1


def _said(told: CfgReported) -> str:
    why = f": {told.err.msg} ({told.err.code})" if told.err is not None else ""
    words = {"applied": "in force", "rejected": "refused", "rolled_back": "tried, and taken back"}
    return f"version {told.ver}: {words[told.status]} since {told.at}{why}"


def tables_of(path: Path) -> dict[str, object]:
    """Of a TOML file. Raises SettingsError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"this is no TOML: {error}", where=str(path)) from error
