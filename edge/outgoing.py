"""Files that leave the box on the cloud's wish, and files that it tells of: how they are made, sent and fetched."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from edge import __version__
from edge.cloud.downloads import fetch
from edge.cloud.https_line import allowed
from edge.cloud.uploads import send
from edge.codec.wire_command import DIAGNOSIS, LOGS
from edge.codec.wire_down import Blob
from edge.config import Settings, sources
from edge.errors import CloudError
from edge.model.secrecy import without_secrets
from edge.ports import Snapshot
from edge.services.catalogue_blob import Fetch
from edge.services.uploading import Sent, Ways
from edge.store.arrivals import MAX_OCTETS, Arrivals
from edge.store.bundles import Bundle, Bundles
from edge.store.queries import SQLITE, LedgerQueries
from edge.terminal_folder import LEDGER_FILE
from edge.vitals import read_vitals

HEADS = ("n", "stream", "epoch", "seq", "type", "at", "clk", "boot", "up", "acked")
"""Of a journal row, what a stranger may see of it."""
NEWEST = 500
NEWEST_COMMANDS = 100


def ways_out(settings: Settings, snapshot: Callable[[], Snapshot | None]) -> Ways:
    """`snapshot`: how the terminal is."""
    data_dir, cloud = settings.terminal.data_dir, settings.cloud
    bundles, queries = Bundles(data_dir), LedgerQueries(data_dir / LEDGER_FILE)

    def make(kind: str, name: str, since: str, max_octets: int) -> Sent:
        if kind == LOGS:
            return bundles.logs(name, since=since, max_octets=max_octets)
        if kind == DIAGNOSIS:
            told = what_ails(settings, queries, snapshot(), read_vitals(data_dir))
            return bundles.diagnosis(name, told, max_octets=max_octets)
        return bundles.rows(name, queries.journal(), since=since, max_octets=max_octets)

    def leave(bundle: Sent, url: str, tries: int) -> None:
        assert isinstance(bundle, Bundle)
        send(bundle.path, url, roots=cloud.upload_ca_file if cloud is not None else None, begun=tries > 1)

    hosts = cloud.upload_hosts if cloud is not None else ()
    return Ways(make, leave, bundles.drop_all, lambda url: allowed(url, hosts))


def ways_in(settings: Settings) -> Fetch:
    """Files that the cloud tells of. A file is called as what it is: the same one goes on where it broke off."""
    cloud, arrivals = settings.cloud, Arrivals(settings.terminal.data_dir)
    hosts = cloud.download_hosts if cloud is not None else ()
    roots = cloud.upload_ca_file if cloud is not None else None

    def piece(blob: Blob) -> bool:
        name = blob.sha256
        arrivals.drop_others(name)
        if arrivals.held(name) > blob.size:
            arrivals.drop_all()
        if (held := arrivals.held(name)) < blob.size:
            fetch(blob.url, first=held, size=blob.size, roots=roots,
                  keep=lambda first, blocks: arrivals.keep(name, first, blocks))  # fmt: skip
        if (now := arrivals.held(name)) == held < blob.size:
            raise CloudError("nothing came", where=name)
        if now < blob.size:
            return False
        arrivals.check(name, size=blob.size, sha256=blob.sha256)
        return True

    return Fetch(
        piece, lambda blob: arrivals.lines(blob.sha256, packed=blob.enc == "gzip"), arrivals.drop_all,
        lambda blob: 0 < blob.size <= MAX_OCTETS and allowed(blob.url, hosts),
    )  # fmt: skip


def what_ails(
    settings: Settings, queries: LedgerQueries, now: Snapshot | None, machine: Mapping[str, Any]
) -> dict[str, Any]:
    """Settings without addresses of people, the state, and what happened lately, without what it was about; `machine`:
    what it says of itself.
    """
    rows = list(_heads(queries, now.journal_n if now is not None else 0))
    return {
        "settings": [asdict(source) for source in sources(settings) if not source.key.startswith("receipt.")],
        "state": asdict(now) if now is not None else None, "journal": rows,
        "machine": dict(machine),
        "versions": {"edge": __version__, "python": sys.version, "sqlite": SQLITE},
        "devices": without_secrets({name: {"driver": one.driver, **one.raw} for name, one in settings.devices.items()}),
        "commands": [asdict(command) for command in queries.commands(NEWEST_COMMANDS)],
    }  # fmt: skip


def _heads(queries: LedgerQueries, newest: int) -> Iterator[dict[str, Any]]:
    for row in queries.journal(since=max(1, newest - NEWEST)):
        yield {key: row.get(key) for key in HEADS}
