"""`edge cloud files`: a place for what terminals are asked for; `edge cloud pull`: ask one, and wait for the file."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.routing import Route

from edge.clock import SystemClock
from edge.errors import SettingsError
from edge.reference_cloud.command_words import give
from edge.reference_cloud.enrol_command import server_pair
from edge.reference_cloud.file_store import PATH, FileStore
from edge.reference_cloud.https_server import serve
from edge.reference_cloud.operator_words import add_who

KINDS: Mapping[str, str] = MappingProxyType(
    {"logs": "log.upload", "diagnosis": "diag.run", "journal": "db.export"}
)  # fmt: skip
LIFE_S = 86_400
WAIT_S = 120.0
KNOCK_S = 3.0


def files(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud files`. Serves until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="edge cloud files", description="Take the files that terminals are asked for."
    )
    parser.add_argument("--dir", type=Path, required=True, help="the authorities' folder (edge cloud ca init)")
    parser.add_argument("--files", type=Path, required=True, help="where they are put")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bind", default="127.0.0.1", help="the address to listen on, 127.0.0.1 by default")
    options = parser.parse_args(argv)
    store = FileStore(options.files, SystemClock(), lambda path: print(f"here: {path}", flush=True))
    serve(
        [Route(PATH, store.put, methods=["PUT"]), Route(PATH, store.get, methods=["GET"])],
        options.bind, options.port, server_pair(options.dir),
        ready=lambda: print(f"ready: https://localhost:{options.port} → {options.files}", flush=True),
    )  # fmt: skip
    return 0


def pull(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud pull`: 0 when the file is here."""
    parser = argparse.ArgumentParser(prog="edge cloud pull", description="Ask a terminal for a file.")
    parser.add_argument("tid", metavar="TID")
    parser.add_argument("what", metavar="WHAT", choices=tuple(KINDS), help=", ".join(KINDS))
    parser.add_argument("--files", type=Path, required=True, help="the folder of edge cloud files")
    parser.add_argument("--url", default="https://localhost:8444", help="where edge cloud files serves")
    parser.add_argument("--since", help="a moment such as 2026-11-26T00:00:00.000Z: nothing older")
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="S", help=f"so long, {WAIT_S:g} s by default")
    add_who(parser)
    options = parser.parse_args(argv)
    if not options.url.startswith("https://"):
        raise SettingsError("files go over HTTPS", where="--url", expected="https://host:port", got=options.url[:80])
    _knock(options.url)
    clock = SystemClock()
    store = FileStore(options.files, clock)
    name = f"{options.tid}-{options.what}-{clock.wall():%Y%m%d-%H%M%S}.gz"
    args = {"put": store.address(options.url, name, life_s=LIFE_S)}
    if options.since:
        args["since"] = options.since
    code = give(options.db, options.who, options.tid, KINDS[options.what], args, wait_s=options.wait)
    if code == 0 and store.path(name).exists():
        print(f"    {store.path(name)}, {store.path(name).stat().st_size} B; zcat shows it")
    return code


def _knock(url: str) -> None:
    """Say where nobody serves: the terminal would try for minutes before it says so."""
    try:
        place = urlsplit(url)
        socket.create_connection((place.hostname or "", place.port or 443), KNOCK_S).close()
    except (OSError, ValueError) as error:
        print(f"{url}: {error}. Terminals may reach it all the same; here: edge cloud files", flush=True)
