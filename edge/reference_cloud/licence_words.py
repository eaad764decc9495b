"""`edge cloud licence issue|withdraw`: a platform's word on a shop, for the cloud that runs on a file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from edge.codec.jws import read_key
from edge.codec.licence import keys_of, read_licence
from edge.codec.wire import invalid
from edge.errors import SettingsError, WireError
from edge.model.licence import Licence
from edge.model.platform import ServiceKind
from edge.reference_cloud.licensing import PUT, TTL_S, Licensing
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import Desk, desk_at
from edge.reference_cloud.rights import Right
from edge.reference_cloud.seal import Signer


def licence(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud licence`. Prints what was signed; the terminal is told by command."""
    options = _options().parse_args(argv)
    signer = Signer.read(options.key)
    if not keys_of(options.platform, {signer.kid: b""}):
        raise SettingsError(
            "this key is not the platform's", where="--key", expected=f"{options.platform} or {options.platform}-…",
            got=signer.kid, cure="Make one by edge cloud keygen --kid.",
        )  # fmt: skip
    with desk_at(options.db, options.who) as desk:
        desk.allow(Right.FLEET, f"licence {options.what} {options.platform[:40]}", options.tid)
        read = _issued(options, desk, signer)
        desk.commit()
    print(f"{read.number} version {read.version}: {'withdrawn' if read.withdrawn else f'until {read.ends}'}")
    return 0


def _issued(options: argparse.Namespace, desk: Desk, signer: Signer) -> Licence:
    licensing = Licensing(desk.store)
    try:
        signed = licensing.issue(
            _withdrawn(options, licensing, signer) if options.what == "withdraw" else _new(options), signer
        )
        read = read_licence(signed, {signer.kid: _public(signer)})
        desk.orders.order(
            options.tid, PUT, {"licence": signed}, ttl_s=TTL_S, by=f"platform:{read.platform}", hand_in=True
        )
    except ValidationError as error:
        wrong = invalid(error, where="edge cloud licence").what
        raise SettingsError(f"this is no licence: {wrong}", where="edge cloud licence") from error
    except WireError as error:
        raise SettingsError(f"this is no licence: {error}", where="edge cloud licence") from error
    return read


def _options() -> argparse.ArgumentParser:
    kinds = ",".join(kind.value for kind in ServiceKind)
    parser = argparse.ArgumentParser(prog="edge cloud licence", description="A platform's licence for a shop.")
    parser.add_argument("what", choices=("issue", "withdraw"))
    add_who(parser)
    parser.add_argument("--key", type=Path, required=True, help="the platform's secret half (edge cloud keygen)")
    parser.add_argument("--tid", required=True)
    parser.add_argument("--platform", required=True, help="such as alibaba")
    parser.add_argument("--store", default="", help="of the terminal's settings, such as S-00817")
    parser.add_argument("--brand", default="", help="what the platform calls such a shop")
    parser.add_argument("--no", default="", help="the licence's number")
    parser.add_argument("--services", default=kinds, help=f"kinds or ids, {kinds} by default")
    parser.add_argument("--from", dest="begins", type=date.fromisoformat, help="its first day, YYYY-MM-DD")
    parser.add_argument("--until", type=date.fromisoformat, help="its last day, YYYY-MM-DD")
    return parser


def _new(options: argparse.Namespace) -> Licence:
    for name in ("store", "no", "begins", "until"):
        if not getattr(options, name):
            raise SettingsError("a licence says this", where=f"--{'from' if name == 'begins' else name}")
    services = frozenset(word for word in options.services.split(",") if word)
    return Licence(
        options.no, 1, options.platform, options.brand, options.store, options.tid, services, options.begins,
        options.until,
    )  # fmt: skip


def _withdrawn(options: argparse.Namespace, licensing: Licensing, signer: Signer) -> Licence:
    signed = licensing.signed(options.tid, options.platform)
    return replace(read_licence(signed, {signer.kid: _public(signer)}), withdrawn=True)


def _public(signer: Signer) -> bytes:
    return read_key(signer.public_line().split('"')[3])
