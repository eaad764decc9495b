"""testssl.sh at the shipped mosquitto, at both HTTPS servers of the cloud and at a terminal's own page: no finding that
nobody has judged.

Run by `make testssl`. A finding of MEDIUM or above that is not in ACCEPTED fails it; one there that is gone does, too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import leashed
import pytest
from identity_bench import HOST, Fleet
from shop_bench import Program

from edge.reference_cloud.store import CloudStore
from edge.sim.counter.addresses import free_port

pytestmark = pytest.mark.chaos

ACCEPTED = {
    "cert_revocation": "boxes fetch no list about servers: a certificate ends by itself after 90 days, and a stolen key"
    " is met by the next root (docs/identity.md)",
}
"""By testssl's id of the finding: why it is left."""
ACCEPTED_AT_PAGE = {
    "cert_chain_of_trust": "no authority signs for a shop's own network: a person compares the slip's fingerprint",
    "cert_revocation": "nobody but the box has signed it, so nobody but the box could revoke it",
    "cert_validityPeriod": "the slip's fingerprint is the certificate's, so it has to last as long as the box",
}
"""Of the page's own certificate, which nobody has signed but the box (docs/adr/0031)."""
SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[web]
bind = "0.0.0.0:{port}"
mdns = false
"""
WORDS = ("--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "-p", "-s", "-f", "-S", "-U")
"""Protocols, ciphers, forward secrecy, what the server is, and known weaknesses."""
GRAVE = ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
"""WARN is what it could not look at: two weaknesses of HTTP, where a server wants a client's certificate."""
LIMIT_S = 300.0
"""It takes a minute where nothing else runs."""


class Servers:
    """All that the cloud listens on, as `edge cloud` sets it up, and a terminal's page, on this machine."""

    def __init__(self, folder: Path, up: ExitStack) -> None:
        fleet, db = Fleet(folder / "ca", free_port()), folder / "cloud.db"
        store = CloudStore(db)
        store.open()
        store.close()
        up.callback(fleet.stop)
        fleet.start()
        self.roots = fleet.roots
        self.ports = {"broker": fleet.port, "enrol": free_port(), "files": free_port()}
        own = ("--dir", str(fleet.folder), "--port")
        for name, more in (("enrol", ("--db", str(db))), ("files", ("--files", str(folder / "pulled")))):
            program = Program("cloud", name, *own, str(self.ports[name]), *more, log=folder / f"{name}.log")
            up.callback(program.kill)
            program.start(ready="ready")
        self.ports["page"] = free_port()
        shop = folder / "shop.toml"
        shop.write_text(SHOP.format(port=self.ports["page"]), encoding="utf-8")
        terminal = Program("run", "--config", str(shop), log=folder / "terminal.log")
        up.callback(terminal.kill)
        terminal.start()


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, tuple[str, str]]]]:
    """By server, by id: (severity, words)."""
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    assert program is not None, "testssl is not installed; get it with: sudo apt install testssl.sh"
    folder = tmp_path_factory.mktemp("tls")
    with ExitStack() as up:
        servers = Servers(folder, up)
        told = {name: folder / f"{name}.json" for name in servers.ports}
        looks = [
            leashed.start(
                [program, *WORDS, "--add-ca", str(servers.roots), "--jsonfile", str(told[name]), f"{HOST}:{port}"],
                stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            )
            for name, port in servers.ports.items()
        ]  # fmt: skip
        for look in looks:
            look.wait(LIMIT_S)
        yield {name: _read(file) for name, file in told.items()}


def _read(file: Path) -> dict[str, tuple[str, str]]:
    return {one["id"]: (one["severity"], one["finding"]) for one in json.loads(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("server", ["broker", "enrol", "files", "page"])
def test_nothing_is_found_that_nobody_has_judged(server: str, findings: dict[str, dict[str, tuple[str, str]]]) -> None:
    found = findings[server]
    assert len(found) > 40, "it has looked"
    assert found["TLS1_3"][0] == "OK" and found["TLS1_1"][1].startswith("not offered")
    grave = {name: told for name, told in found.items() if told[0] in GRAVE}
    accepted = ACCEPTED_AT_PAGE if server == "page" else ACCEPTED
    assert {name: told for name, told in grave.items() if name not in accepted} == {}
    assert accepted.keys() <= grave.keys(), "no finding any more: take it out of the list"
