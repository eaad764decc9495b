"""`make fleet-full`: a fleet at the cluster while all of it dies part by part, and a smaller one at one NATS node.

EDGE_FLEET=200 makes it a small one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shlex import join

from engine_bench import SmallCloud, Workers, running_cluster

from edge.reference_cloud.cluster import DATABASE, Cluster
from edge.reference_cloud.main import run
from edge.reference_cloud.nats_node import node
from edge.sim.counter.addresses import free_port

TERMINALS = int(os.environ.get("EDGE_FLEET", "2000"))
AT_NATS = max(10, TERMINALS // 10)
CONNECTS_A_S = 40
"""What three nodes admit on two cores that also run the fleet, the workers and the database."""
EVENTS_A_S_EACH = 0.05
"""Four times a shop with 1,000 sales a day."""
DRAIN_S = 1200
"""Whoever failed again and again while nodes died waits up to 900 s (contract B1)."""
EDGE = (sys.executable, "-m", "edge")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="edge-fleet-") as folder:
        return at_cluster(Path(folder)) or at_nats(Path(folder))


def at_cluster(folder: Path) -> int:
    spread_s = round(1.3 * TERMINALS / CONNECTS_A_S)
    with running_cluster() as cluster:
        workers = Workers(cluster, 2, folder / "ingest.log", "--spread", str(spread_s))
        begun_s = 30 + 2 * spread_s
        told = [
            (begun_s, cluster_words(cluster, "kill", "r2")), (begun_s + 5, cluster_words(cluster, "start", "r2")),
            (begun_s + 45, ["kill", "-9", str(workers.pids[0])]),
            (begun_s + 55, cluster_words(cluster, "stop", DATABASE)),
            (begun_s + 56, cluster_words(cluster, "start", DATABASE)),
            (begun_s + 70, cluster_words(cluster, "kill", "r1")), (begun_s + 75, cluster_words(cluster, "start", "r1")),
        ]  # fmt: skip
        words = [word for at_s, command in told for word in ("--at", f"{at_s}:{join(command)}")]
        stored = join([*EDGE, "cloud", "stored", "--events", "--dir", str(cluster.path)])
        for url in cluster.mqtt_urls:
            words += ["--url", url]
        try:
            return fleet(TERMINALS, begun_s + 100, *words, "--ramp", str(spread_s), "--stored", stored)
        finally:
            print(workers.said, end="")
            workers.stop()


def at_nats(folder: Path) -> int:
    words = ["--dir", str(folder / "nats")]
    if run(["nats", "start", *words, "--port", str(free_port())]):
        return 1
    url = f"mqtt://127.0.0.1:{node(folder / 'nats').port}"
    cloud = SmallCloud(url, folder / "cloud.db")
    try:
        again = (join([*EDGE, "cloud", "nats", action, *words]) for action in ("kill", "start"))
        at = [word for at_s, command in zip((30, 33), again, strict=True) for word in ("--at", f"{at_s}:{command}")]
        return fleet(AT_NATS, 60, *at, "--url", url, "--db", str(cloud.db))
    finally:
        cloud.kill()
        run(["nats", "kill", *words])


def fleet(count: int, seconds: int, *words: str) -> int:
    rate = ["--events-per-s", str(EVENTS_A_S_EACH * count), "--processes", "2", "--drain", str(DRAIN_S)]
    command = [*EDGE, "fleet", "--terminals", str(count), "--seconds", str(seconds), *rate, *words]
    print(join(command), flush=True)
    return subprocess.run(command, check=False).returncode


def cluster_words(cluster: Cluster, *words: str) -> list[str]:
    return [*EDGE, "cloud", "cluster", *words, "--dir", str(cluster.path)]


if __name__ == "__main__":
    sys.exit(main())
