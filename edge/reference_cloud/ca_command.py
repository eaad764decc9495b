"""`edge cloud ca`: the two authorities of a small fleet, on the command line."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from edge.clock import SystemClock
from edge.codec.topics import ROOT
from edge.errors import CloudError, SettingsError
from edge.reference_cloud.authority import (
    DEVICES,
    SERVERS,
    Authority,
    Issued,
    fingerprint,
    write_root,
)
from edge.reference_cloud.broker_folder import CONFIG, INGEST, BrokerFolder
from edge.reference_cloud.certificate_request import TID
from edge.reference_cloud.farewell import take_leave
from edge.reference_cloud.key_folder import SECRET, read_whole, write_whole

ROOTS = "roots.pem"


def ca(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud ca`."""
    options = _options().parse_args(argv)
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "init": _init, "server": _server, "broker": _broker, "revoke": _revoke, "list": _list, "next": _next,
    }  # fmt: skip
    return actions[options.action](options)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge cloud ca", description="Certificates of terminals and brokers.")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    added = {
        name: actions.add_parser(name, help=about, description=about)
        for name, about in (
            ("init", "make the two authorities"), ("server", "a certificate for a server, such as a broker"),
            ("broker", "all that mosquitto needs, to start it with -c DIR/mosquitto.conf"),
            ("revoke", "a terminal or one certificate is trusted no more, and its session ends"),
            ("list", "certificates that were made"), ("next", "sign servers with the next root from now on"),
        )
    }  # fmt: skip
    for one in added.values():
        one.add_argument("--dir", type=Path, required=True, help="the authorities' folder")
    for name in ("server", "broker"):
        added[name].add_argument("--name", action="append", help="how it is reached; several are possible")
    broker = added["broker"]
    broker.add_argument("--port", type=int, required=True)
    broker.add_argument("--bind", default="127.0.0.1", help="the address to listen on, 127.0.0.1 by default")
    broker.add_argument("--user", default=None, help="whom mosquitto becomes when it is started as root")
    broker.add_argument("--topic-prefix", default=ROOT)
    added["revoke"].add_argument("whom", metavar="TID|SERIAL")
    added["list"].add_argument("whom", metavar="TID", nargs="?", default="*")
    return parser


def _init(options: argparse.Namespace) -> int:
    folder = options.dir
    roots = make_authorities(folder, SystemClock().wall())
    print(f"authorities: {folder / DEVICES}, {folder / SERVERS}. Keep copies of both apart from this machine.")
    print(f"terminals trust: {roots}")
    return 0


def make_authorities(folder: Path, now: datetime) -> Path:
    """Of terminals and of servers; the file of the roots that terminals trust. Raises SettingsError."""
    Authority(folder / DEVICES).create("Terminals", now)
    Authority(folder / SERVERS).create("Servers", now)
    write_root(folder / SERVERS, "next", "Servers", now)
    _write_roots(folder / SERVERS)
    return folder / SERVERS / ROOTS


def _write_roots(servers: Path) -> None:
    write_whole(servers / ROOTS, read_whole(servers / "ca.crt") + read_whole(servers / "next.crt"))


def _next(options: argparse.Namespace) -> int:
    """Terminals trust it already; one that was not renewed since the last time does not know the new next one yet."""
    servers = options.dir / SERVERS
    old = fingerprint(read_whole(servers / "ca.crt"))
    write_whole(servers / f"over-{old[:16]}.crt", read_whole(servers / "ca.crt"))
    # The key first: with a key that is not its root's nothing is signed, and the command can be given again.
    write_whole(servers / "ca.key", read_whole(servers / "next.key"), mode=SECRET)
    write_whole(servers / "ca.crt", read_whole(servers / "next.crt"))
    now = SystemClock().wall()
    write_root(servers, "next", "Servers", now)
    _write_roots(servers)
    print("the next root signs from now on. Give servers new certificates: edge cloud ca broker, ca server")
    return 0


def _server(options: argparse.Namespace) -> int:
    names = options.name or ["localhost", "127.0.0.1"]
    key, issued = Authority(options.dir / SERVERS).sign_server(names, SystemClock().wall())
    stem = options.dir / names[0]
    write_whole(stem.with_name(f"{stem.name}.key"), key, mode=SECRET)
    write_whole(stem.with_name(f"{stem.name}.crt"), issued.pem)
    print(f"{stem}.crt, {stem}.key: {', '.join(names)}, until {issued.not_after:%Y-%m-%d}")
    return 0


def _broker(options: argparse.Namespace) -> int:
    if not 1 <= options.port <= 65_535:
        raise SettingsError("this is no port", where="--port", expected="1 to 65535", got=str(options.port))
    names = options.name or ["localhost", "127.0.0.1"]
    folder = BrokerFolder(options.dir)
    folder.lay(
        names, options.port, SystemClock().wall(), bind=options.bind, user=options.user or getpass.getuser(),
        prefix=options.topic_prefix,
    )  # fmt: skip
    again = folder.reread()
    print(f"mosquitto -c {folder.path.absolute() / CONFIG}" + ("    (it runs, and has read its files anew)" * again))
    print(
        f"edge cloud --url {folder.address} --ca-file {options.dir / SERVERS / ROOTS}"
        f" --cert-file {options.dir / INGEST}.crt --key-file {options.dir / INGEST}.key --db cloud.db"
    )
    return 0


def _revoke(options: argparse.Namespace) -> int:
    devices, folder, clock = Authority(options.dir / DEVICES), BrokerFolder(options.dir), SystemClock()
    found = _meant(devices, options.whom)
    new = devices.revoke([issued.serial for issued in found], clock.wall())
    tid = found[0].name
    print(f"{tid}: {len(new)} of {len(found)} certificates revoked now, the others before")
    if folder.address is None:
        print("no broker was laid out here: give yours the list of revoked certificates, and end the session there")
        return 0
    print("the broker has read the list" if folder.reread() else "the broker does not run here: it reads at its start")
    try:
        take_leave(options.dir, folder.address, tid, clock)
    except CloudError as error:
        print(f"its session was not ended: {error}")
        return 1
    print("its session is over")
    return 0


def _meant(devices: Authority, whom: str) -> list[Issued]:
    """Of a serial number the one certificate, of a terminal all that it ever had."""
    name = whom if TID.fullmatch(whom) else devices.named(whom)
    found = [one for one in devices.issued(name) if whom in (one.name, one.serial)] if name else []
    if not found:
        raise SettingsError(
            "no certificate was made for this", where="TID|SERIAL", got=whom, cure="edge cloud ca list says which were."
        )
    return found


def _list(options: argparse.Namespace) -> int:
    devices = Authority(options.dir / DEVICES)
    over = devices.revoked()
    for one in devices.issued(options.whom):
        print(f"{one.name}  {one.serial}  until {one.not_after:%Y-%m-%d}{'  revoked' if one.serial in over else ''}")
    return 0
