"""`edge cloud cluster`: three nodes of RabbitMQ and a PostgreSQL on this machine, for those who try or develop."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edge.clock import SystemClock
from edge.codec.topics import DEFAULT_PREFIX, Topics
from edge.errors import CloudError, SettingsError
from edge.reference_cloud.cluster import BASE_PORT, DATABASE, NODES, PARTS, Cluster

GUEST = "amqp://guest:guest@127.0.0.1"


def cluster(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud cluster`."""
    options = _options().parse_args(argv)
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "start": _start, "stop": _stop, "kill": _kill, "status": _status,
    }  # fmt: skip
    if unknown := [part for part in options.parts if part not in PARTS]:
        raise SettingsError("no such part", where="PART", expected=" or ".join(PARTS), got=unknown[0])
    return actions[options.action](options)


def amqp_urls(laid: Cluster) -> list[str]:
    return [f"{GUEST}:{port}/%2F?heartbeat=15&blocked_connection_timeout=60" for port in laid.amqp_ports]


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge cloud cluster", description="A cluster of three brokers and a database, on this machine alone."
    )
    parser.add_argument("action", choices=("start", "stop", "kill", "status"))
    parser.add_argument("parts", metavar="PART", nargs="*", help=f"{', '.join(PARTS)}; all of them by default")
    parser.add_argument("--dir", type=Path, required=True, help="its folder; made when it is not there")
    parser.add_argument("--port", type=int, default=BASE_PORT, help="the first of 32 ports, for a new folder")
    parser.add_argument("--topic-prefix", default=DEFAULT_PREFIX)
    return parser


def _start(options: argparse.Namespace) -> int:
    laid, topics = Cluster(options.dir), Topics(options.topic_prefix)
    laid.lay(options.port)
    started = laid.start(options.parts or PARTS, SystemClock())
    print(f"started: {', '.join(started) or 'nothing, all of it runs'}", flush=True)
    if all(laid.server(name).pid for name in NODES):
        _declare(laid, topics)
        print(f"terminals: {'  '.join(laid.mqtt_urls)}")
        print(f"workers:   edge cloud ingest --dir {options.dir} --workers 2")
    return 0


def _declare(laid: Cluster, topics: Topics) -> None:
    """Before the first terminal publishes: a broker says yes to what no queue wants, and stores nothing."""
    try:
        import pika
        from pika.exceptions import AMQPError

        from edge.reference_cloud.cluster_topology import declare
    except ImportError as error:
        raise lacking(error) from error
    try:
        connection = pika.BlockingConnection([pika.URLParameters(url) for url in amqp_urls(laid)])
        declare(connection.channel(), topics)
        connection.close()
    except AMQPError as error:
        raise CloudError(f"the queues cannot be made: {error or type(error).__name__}", where=str(laid.path)) from error


def lacking(error: ImportError) -> SettingsError:
    return SettingsError(f"a Python package is not installed: {error.name}", where="the extra cluster",
                         cure="Install it with scripts/setup engines.")  # fmt: skip


def _stop(options: argparse.Namespace) -> int:
    ended = Cluster(options.dir).stop(options.parts or PARTS)
    print(f"stopped: {', '.join(ended) or 'nothing ran'}")
    return 0


def _kill(options: argparse.Namespace) -> int:
    """As a power cut would; which one must be said."""
    if not options.parts:
        raise SettingsError("say what to kill", where="PART", expected=" or ".join(PARTS))
    ended = Cluster(options.dir).stop(options.parts, kill=True)
    print(f"killed: {', '.join(ended) or 'nothing ran'}")
    return 0


def _status(options: argparse.Namespace) -> int:
    """1 when something of it does not run."""
    laid, is_whole = Cluster(options.dir), True
    for name in options.parts or PARTS:
        server = laid.server(name)
        pid, is_up = server.pid, server.is_up
        state = "up" if pid and is_up else "starting" if pid else "down"
        is_whole = is_whole and state == "up"
        what = "PostgreSQL" if name == DATABASE else "RabbitMQ"
        print(f"{name}  {what:<10}  {state:<8}  127.0.0.1:{server.port}  {f'pid {pid}' if pid else '-'}")
    return 0 if is_whole else 1
