"""`edge cloud ingest`: workers that read the cluster's queues into PostgreSQL, and one that watches over them."""

from __future__ import annotations

import argparse
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

from edge.clock import SystemClock
from edge.codec.topics import DEFAULT_PREFIX, Topics
from edge.errors import EdgeError, SettingsError
from edge.reference_cloud.address_file import address_in, addresses_in
from edge.reference_cloud.cluster import Cluster
from edge.reference_cloud.cluster_command import amqp_urls, lacking
from edge.reference_cloud.cluster_topology import PARTITIONS
from edge.reference_cloud.mqtt import Bell
from edge.reference_cloud.spread import add_spread

AGAIN_S = 1.0
"""Before a worker that died is started again: long enough that one which cannot start does not fill the log."""
STOP_S = 15.0
SHARE = re.compile(r"([0-9]+)/([1-9][0-9]*)")


def run_ingest(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud ingest`."""
    options = _options().parse_args(argv)
    if not 1 <= options.workers <= PARTITIONS:
        raise SettingsError("so many workers have no work", where="--workers", expected=f"1 to {PARTITIONS}",
                            got=str(options.workers))  # fmt: skip
    bell = Bell()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _signal, _frame: bell.ring())
    try:
        return _work(options, bell) if options.worker else _watch(options.workers, argv, bell)
    finally:
        bell.close()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge cloud ingest", description="Store what terminals send to a cluster.", allow_abbrev=False
    )
    parser.add_argument("--dir", type=Path, help="the folder of edge cloud cluster")
    parser.add_argument("--amqp-file", type=Path, metavar="FILE",
                        help="instead: amqp://user:secret@host, a line for each node")  # fmt: skip
    parser.add_argument("--database-file", type=Path, metavar="FILE",
                        help="instead: postgresql://user:secret@host/name, such as DIR/database.url")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, help=f"processes, at most {PARTITIONS}")
    parser.add_argument("--worker", metavar="K/N", help="be number K (from 0) of N, and start no others")
    parser.add_argument("--topic-prefix", default=DEFAULT_PREFIX)
    add_spread(parser)
    return parser


def _work(options: argparse.Namespace, bell: Bell) -> int:
    """One worker, until the bell rings."""
    urls, database = _addresses(options)
    try:
        import pika

        from edge.reference_cloud.amqp_worker import AmqpWorker
        from edge.reference_cloud.postgres_store import PostgresStore
    except ImportError as error:
        raise lacking(error) from error
    partitions = _partitions(options.worker)
    AmqpWorker(
        [pika.URLParameters(url) for url in urls], PostgresStore(database), SystemClock(), Random(),
        topics=Topics(options.topic_prefix), partitions=partitions, bell=bell, spread_s=options.spread,
        ready=lambda: print(f"ready: worker {options.worker} reads {len(partitions)} queues", flush=True),
        trouble=_complained,
    ).run()  # fmt: skip
    return 0


def _addresses(options: argparse.Namespace) -> tuple[list[str], str]:
    laid = Cluster(options.dir) if options.dir is not None else None
    if laid is None and not (options.amqp_file and options.database_file):
        raise SettingsError("where are the queues and the database", where="edge cloud ingest",
                            expected="--dir, or --amqp-file and --database-file")  # fmt: skip
    queues, database = options.amqp_file, options.database_file
    return (
        addresses_in(queues, where="--amqp-file") if queues is not None or laid is None else amqp_urls(laid),
        address_in(database, where="--database-file") if database is not None or laid is None else laid.database_url,
    )


def _partitions(share: str) -> list[int]:
    """Of worker K of N: every Nth from the Kth. Raises SettingsError."""
    found = SHARE.fullmatch(share)
    k, n = (int(found[1]), int(found[2])) if found else (1, 1)
    if k >= n or n > PARTITIONS:
        raise SettingsError("not a share of the work", where="--worker", expected=f"such as 0/3, at most {PARTITIONS}",
                            got=share)  # fmt: skip
    return list(range(k, PARTITIONS, n))


def _watch(count: int, argv: Sequence[str], bell: Bell) -> int:
    """Start the workers, and each again that dies; end them all when the bell rings."""
    command = (sys.executable, "-m", "edge", "cloud", "ingest", *argv, "--worker")
    running = {k: subprocess.Popen([*command, f"{k}/{count}"]) for k in range(count)}
    print("workers: " + "  ".join(f"{k}/{count} pid {child.pid}" for k, child in running.items()), flush=True)
    while not bell.rung:
        handles = {os.pidfd_open(child.pid): k for k, child in running.items()}
        select.select([*handles, bell.fileno()], [], [])
        for handle in handles:
            os.close(handle)
        for k, child in running.items():
            code = child.poll()
            if code == 2:
                bell.ring()  # it said what is wrong with the settings: so would the next
            elif code is not None and not bell.rung:
                print(f"edge cloud ingest: worker {k}/{count} ended ({code}), starting it again", file=sys.stderr)
                bell.wait(AGAIN_S)
                running[k] = subprocess.Popen([*command, f"{k}/{count}"])
                print(f"workers: {k}/{count} pid {running[k].pid}", flush=True)
    for child in running.values():
        child.terminate()
    return max(_ended(child) for child in running.values())


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Its exit code; one that hangs at a broker or a database is killed, which costs nothing but its last messages."""
    try:
        return child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return abs(child.wait())


def _complained(error: EdgeError) -> None:
    print(f"edge cloud ingest: {error}", file=sys.stderr, flush=True)
