"""`edge cloud stored`: what the workers' database holds of each stream, and what it lacks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import SettingsError
from edge.reference_cloud.address_file import address_in
from edge.reference_cloud.cluster import Cluster
from edge.reference_cloud.cluster_command import lacking
from edge.reference_cloud.spans import Spans

if TYPE_CHECKING:
    from edge.reference_cloud.postgres_store import PostgresStore

_LANES = """
SELECT l.tid, l.stream, l.epoch, l.spans, l.again, (SELECT count(*) FROM parked p WHERE p.lane = l.lane),
  (SELECT count(*) FROM event e WHERE e.lane = l.lane AND e.code = 'seq.conflict')
FROM lane l ORDER BY l.tid, l.stream, l.lane
"""


def stored(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud stored`. 1 where rows are missing, or two stand in one place."""
    parser = argparse.ArgumentParser(
        prog="edge cloud stored", description="What edge cloud ingest has stored.", allow_abbrev=False
    )
    parser.add_argument("--dir", type=Path, help="the folder of edge cloud cluster")
    parser.add_argument("--database-file", type=Path, metavar="FILE",
                        help="instead: postgresql://user:secret@host/name, such as DIR/database.url")  # fmt: skip
    parser.add_argument("--events", action="store_true", help="a line for each event: terminal, event id")
    options = parser.parse_args(argv)
    if options.database_file is not None:
        url = address_in(options.database_file, where="--database-file")
    elif options.dir is not None:
        url = Cluster(options.dir).database_url
    else:
        raise SettingsError("where is the database", where="edge cloud stored", expected="--dir or --database-file")
    try:
        from edge.reference_cloud.postgres_store import PostgresStore
    except ImportError as error:
        raise lacking(error) from error
    store = PostgresStore(url)
    store.open()
    try:
        return _events(store) if options.events else _lanes(store)
    finally:
        store.close()


def _events(store: PostgresStore) -> int:
    for tid, event_id in store.rows("SELECT tid, id FROM event ORDER BY n"):
        print(tid, event_id)
    return 0


def _lanes(store: PostgresStore) -> int:
    is_short = False
    for tid, stream, epoch, text, again, parked, conflicts in store.rows(_LANES):
        spans = Spans.read(text)
        missing = sum(hi - lo + 1 for lo, hi in spans.missing(1, spans.top))
        is_short = is_short or bool(missing or conflicts)
        more = (
            (missing, "missing"),
            (again, "came again"),
            (parked, "parked"),
            (conflicts, "in one place with another"),
        )
        told = "".join(f"  {count} {what}" for count, what in more if count)
        print(f"{tid}  {stream}  {epoch[-6:]}  1 to {spans.upto}{told}")
    return 1 if is_short else 0
