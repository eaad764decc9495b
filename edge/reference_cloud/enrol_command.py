"""`edge cloud enrol-code TID`: a code for a technician; `edge cloud enrol`: the server that takes it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

from edge.clock import SystemClock
from edge.codec.certificate import read_certificate
from edge.codec.topics import ROOT
from edge.codec.wire_identity import Enrolled, EnrolRequest, RenewRequest, grouped
from edge.errors import SettingsError
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, fingerprint
from edge.reference_cloud.broker_folder import BrokerFolder
from edge.reference_cloud.enrol_server import EnrolDesk, routes
from edge.reference_cloud.enrolment import LIFE, Enrolment
from edge.reference_cloud.https_server import serve
from edge.reference_cloud.key_folder import SECRET, read_whole, write_whole
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.store import CloudStore

STEM = "enrol"
RENEW_BEFORE = timedelta(days=30)
FINGERPRINT_DIGITS = 32
"""128 bits: nobody finds another certificate with these, and a person can type them."""


def enrol_code(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud enrol-code`."""
    parser = argparse.ArgumentParser(prog="edge cloud enrol-code", description="A code with which one box enrols.")
    parser.add_argument("tid", metavar="TID")
    _where(parser)
    parser.add_argument("--url", default="https://localhost:8443", help="where edge cloud enrol serves")
    options = parser.parse_args(argv)
    print_ = _fingerprint(options.dir)
    with _enrolment(options.db, options.dir) as enrolment:
        code = enrolment.code(options.tid, SystemRandom())
    print(f"code:         {grouped(code)}    for {options.tid}, once, within {LIFE.seconds // 60} minutes")
    print(f"fingerprint:  {' '.join(print_[at : at + 4] for at in range(0, len(print_), 4))}    of the server")
    print(
        f"on the box:   edge enrol --config shop.toml --url {options.url} --code {grouped(code)} --fingerprint {print_}"
    )
    return 0


def enrol(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud enrol`. Serves until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="edge cloud enrol", description="Enrol boxes that come with a code.")
    _where(parser)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bind", default="127.0.0.1", help="the address to listen on, 127.0.0.1 by default")
    parser.add_argument("--broker", help="mqtts://host:port for the boxes; that of ca broker by default")
    parser.add_argument("--topic-prefix", default=ROOT)
    options = parser.parse_args(argv)
    server_pair(options.dir)
    url = options.broker or BrokerFolder(options.dir).address

    def sign(request: EnrolRequest | RenewRequest) -> Enrolled:
        with _enrolment(options.db, options.dir) as enrolment:
            certificate = enrolment.enrol(request) if isinstance(request, EnrolRequest) else enrolment.renew(request)
        roots = read_whole(options.dir / SERVERS / "roots.pem").decode()
        return Enrolled(
            tid=request.tid, certificate=certificate, roots=roots, url=url, topic_prefix=options.topic_prefix
        )

    pair = (options.dir / f"{STEM}.crt", options.dir / f"{STEM}.key")
    place = f"https://{options.bind}:{options.port}"
    serve(
        routes(EnrolDesk(sign, lambda line: print(line, flush=True))), options.bind, options.port, pair,
        ready=lambda: print(f"ready: {place}, fingerprint {_fingerprint(options.dir)}", flush=True),
    )  # fmt: skip
    return 0


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", type=Path, required=True, help="the authorities' folder (edge cloud ca init)")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")


@contextmanager
def _enrolment(db: Path, folder: Path) -> Iterator[Enrolment]:
    """On a connection of its own: each request is another thread."""
    store, clock = CloudStore(db), SystemClock()
    store.open()
    try:
        yield Enrolment(store, Authority(folder / DEVICES), clock, state=Registry(store, clock).trusted)
    finally:
        store.close()


def server_pair(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of the HTTPS servers on this machine, made when there are none that last."""
    certificate, now = folder / f"{STEM}.crt", SystemClock().wall()
    if not certificate.exists() or read_certificate(read_whole(certificate).decode()).ends_at < now + RENEW_BEFORE:
        if not (folder / SERVERS).is_dir():
            raise SettingsError("there is no authority", where=str(folder), cure="Make it with edge cloud ca init.")
        key, issued = Authority(folder / SERVERS).sign_server(["localhost", "127.0.0.1"], now)
        write_whole(folder / f"{STEM}.key", key, mode=SECRET)
        write_whole(certificate, issued.pem)
    return certificate, folder / f"{STEM}.key"


def _fingerprint(folder: Path) -> str:
    return fingerprint(read_whole(server_pair(folder)[0]))[:FINGERPRINT_DIGITS]
