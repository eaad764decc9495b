"""`edge cloud`: receive from a broker and store; `edge cloud report`: say what is stored."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from edge.clock import SystemClock
from edge.codec.topics import DEFAULT_PREFIX, Topics
from edge.errors import CloudError, EdgeError, SettingsError
from edge.model.money import yuan
from edge.reference_cloud.ca_command import ca
from edge.reference_cloud.campaigns import run_campaign
from edge.reference_cloud.cluster_command import cluster
from edge.reference_cloud.command_words import approve, command, commands
from edge.reference_cloud.config_words import config
from edge.reference_cloud.days import day_lines, day_texts, newer_texts
from edge.reference_cloud.enrol_command import enrol, enrol_code
from edge.reference_cloud.file_words import files, pull
from edge.reference_cloud.goods_words import catalogue, resend
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.ingest_command import run_ingest
from edge.reference_cloud.insight import run_insight
from edge.reference_cloud.intake import StoredSale
from edge.reference_cloud.keygen import keygen
from edge.reference_cloud.licence_words import licence
from edge.reference_cloud.mqtt import Bell, Broker, Link, tls_context
from edge.reference_cloud.nats_node import nats
from edge.reference_cloud.operator_words import audit, operator
from edge.reference_cloud.plans import run_plan
from edge.reference_cloud.promotion_words import promotions
from edge.reference_cloud.report import CloudReport, report_lines
from edge.reference_cloud.rollout_words import rollout
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.spread import add_spread
from edge.reference_cloud.store import CloudStore
from edge.reference_cloud.stored_command import stored
from edge.reference_cloud.terminal_words import health, terminal, terminals

PORTS = {"mqtt": 1883, "mqtts": 8883}


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud`. Exit code: 0 well, 1 found wrong or failed, 2 settings or usage."""
    try:
        beside = _beside()
        return beside[argv[0]](argv[1:]) if argv and argv[0] in beside else _serve(argv)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 2
    except SettingsError as error:
        print(f"edge cloud: {error}", file=sys.stderr)
        return 2
    except EdgeError as error:
        print(f"edge cloud: {error}", file=sys.stderr)
        return 1


def _beside() -> dict[str, Callable[[Sequence[str]], int]]:
    """What is done beside the cloud that runs, with its file."""
    return {
        "terminals": terminals, "terminal": terminal, "health": health, "command": command, "commands": commands,
        "approve": approve, "catalogue": catalogue, "resend": resend, "rollout": rollout, "operator": operator,
        "audit": audit, "report": _report, "keygen": keygen, "licence": licence, "campaign": run_campaign,
        "insight": run_insight, "plan": run_plan, "promotions": promotions, "config": config,
        "files": files, "pull": pull,
        "ca": ca, "enrol": enrol, "enrol-code": enrol_code,
        "cluster": cluster, "ingest": run_ingest, "stored": stored, "nats": nats,
    }  # fmt: skip


def _serve(argv: Sequence[str]) -> int:
    options = _options().parse_args(argv)
    broker, topics = _broker(options), Topics(options.topic_prefix)
    store, clock, chance = CloudStore(options.db), SystemClock(), Random()
    store.open()
    bell = Bell()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _signal, _frame: bell.ring())
    try:
        signer = Signer.read(options.command_key) if options.command_key else None
        ingest = Ingest(store, clock, chance, topics=topics, told=None if options.quiet else _told, signer=signer,
                        authority=options.ca, spread_s=options.spread)  # fmt: skip
        Link(
            broker, ingest, clock, chance, client_id=options.client_id, topics=topics, bell=bell,
            ready=lambda: print(f"ready: {options.url} → {options.db}", flush=True), trouble=_complained,
        ).run()  # fmt: skip
    finally:
        store.close()
        bell.close()
    return 0


def _report(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="edge cloud report", description="What the cloud holds of each terminal.")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(argv)
    report = CloudReport(options.db)
    days = day_lines(report)
    for line in report_lines(report, as_json=options.json):
        print(line)
    for line in (*day_texts(days), *newer_texts(report)) if not options.json else ():
        print(line)
    is_short = any(lane.missing or lane.lost or lane.conflicts for lane in report.lanes())
    return 1 if is_short or any(day.wrong for day in days) else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge cloud", description=f"A cloud for terminals. Beside it: {', '.join(_beside())}."
    )
    parser.add_argument("--url", required=True, help="mqtt://host:port or mqtts://host:port")
    parser.add_argument("--db", type=Path, required=True, help="SQLite file; made when it is not there")
    parser.add_argument("--client-id", default="edge-reference-cloud", help="one cloud a broker and id")
    parser.add_argument("--topic-prefix", default=DEFAULT_PREFIX)
    parser.add_argument("--ca-file", type=Path)
    parser.add_argument("--cert-file", type=Path)
    parser.add_argument("--key-file", type=Path)
    parser.add_argument("--command-key", type=Path, help="the secret half that signs commands (edge cloud keygen)")
    parser.add_argument("--ca", type=Path, help="the authorities' folder, for renewals (edge cloud ca init)")
    add_spread(parser)
    parser.add_argument("--quiet", action="store_true", help="no line for each sale")
    return parser


def _broker(options: argparse.Namespace) -> Broker:
    try:
        parts = urlsplit(options.url)
        port, host = parts.port, parts.hostname
    except ValueError:
        port, host = None, None
    if not host or parts.scheme not in PORTS or parts.path.strip("/"):
        raise SettingsError("not the address of a broker", where="--url", expected="mqtt://host:port",
                            got=repr(options.url))  # fmt: skip
    if parts.scheme == "mqtt":
        return Broker(host, port or PORTS["mqtt"])
    try:
        tls = tls_context(options.ca_file, options.cert_file, options.key_file)
    except OSError as error:
        raise SettingsError(f"a certificate or key cannot be read: {error}", where="--ca-file") from error
    return Broker(host, port or PORTS["mqtts"], tls)


def _told(sale: StoredSale) -> None:
    print(f"sale  {sale.tid}  tx {sale.seq}  {sale.receipt}  {yuan(sale.total)} {sale.currency}", flush=True)


def _complained(error: CloudError) -> None:
    print(f"edge cloud: {error}", file=sys.stderr, flush=True)
