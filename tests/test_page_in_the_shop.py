"""A terminal whose page is for the shop's network: what listens, what the slip says, and what a damaged key costs."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.model.ledger_rows import EffectState
from edge.model.problem import Problem
from edge.model.slip import Align, QrCode, Slip, Text
from edge.outside import Outside
from edge.services.technician import PRINTED_FINGERPRINT
from edge.store.page_key import PAGE_KEY, read_page_certificate
from edge.store.queries import LedgerQueries
from edge.terminal import Terminal

LIMIT_S = 10.0
TID = "T7K3M9Q2"
SHOP = f"""\
[terminal]
tid = "{TID}"
store = "S-00817"
data_dir = "data"
[web]
bind = "0.0.0.0:{{port}}"
redirect = {{redirect}}
name = "Till.lan"
mdns = false
"""
LISTENS = "0A"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP.format(port=free_port(), redirect=free_port()), encoding="utf-8")
    return path


@contextmanager
def running(config: Path, *addresses: str) -> Iterator[Terminal]:
    outside = Outside(addresses=lambda: addresses)
    terminal = build(load_settings(config, load_driver), outside)
    terminal.start()
    thread = threading.Thread(target=terminal.run)
    thread.start()
    try:
        yield terminal
    finally:
        terminal.stop()
        thread.join()
        terminal.close()


def listening() -> set[tuple[str, int]]:
    """(protocol, port) of all on which this process takes something from anybody."""
    process = Path("/proc/self")
    links = [str(fd.readlink()) for fd in (process / "fd").iterdir() if fd.is_symlink()]
    own = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in (process / "net" / table).read_text().splitlines()[1:]:
            cells = line.split()
            if cells[9] in own and (cells[3] == LISTENS or table.startswith("udp")):
                found.add((table[:3], int(cells[1].partition(":")[2], 16)))
    return found


def asked(terminal: Terminal, config: Path, path: str, host: str) -> int:
    assert terminal.web is not None
    believes = ssl.create_default_context(cafile=config.parent / "data" / PAGE_KEY)
    line = http.client.HTTPSConnection("localhost", terminal.web.port, timeout=LIMIT_S, context=believes)
    with closing(line):
        line.request("GET", path, headers={"Host": host})
        return line.getresponse().status


def set_up_slip(config: Path, *addresses: str) -> tuple[Slip, list[Problem]]:
    """The first that waits for a printer, and what is wrong by then."""
    terminal = build(load_settings(config, load_driver), Outside(addresses=lambda: addresses))
    clock = SystemClock()
    until = clock.mono() + LIMIT_S
    terminal.start()
    try:
        while True:
            terminal.bus.run_once(0.05)
            tx = terminal.ledger.begin(lambda record, tx: None)
            found = [job.slip for job in tx.print_jobs.in_state(EffectState.QUEUED) if job.slip is not None]
            snapshot = terminal.health.snapshot(tx, terminal.ledger.last_n)
            tx.rollback()
            technicians = [
                slip for slip in found if slip.blocks[0] == Text("技术员", Align.CENTRE, bold=True, big=True)
            ]
            if technicians:
                return technicians[-1], list(snapshot.troubles)
            assert clock.mono() < until
    finally:
        terminal.close()


def texts(slip: Slip) -> list[str]:
    return [block.text for block in slip.blocks if isinstance(block, Text)]


def test_nothing_listens_but_what_is_listed(config: Path) -> None:
    before = listening()
    settings = load_settings(config, load_driver)
    assert settings.web is not None
    with running(config, "127.0.0.1"):
        assert listening() - before == {("tcp", settings.web.port), ("tcp", settings.web.redirect)}
    assert listening() == before
    config.write_text(config.read_text(encoding="utf-8").replace("redirect", "# redirect"), encoding="utf-8")
    with running(config, "127.0.0.1"):
        assert listening() - before == {("tcp", settings.web.port)}


@pytest.mark.slow
def test_with_its_name_announced_it_hears_questions_for_it_beside_the_page(config: Path) -> None:
    before = listening()
    config.write_text(config.read_text(encoding="utf-8").replace("mdns = false", ""), encoding="utf-8")
    settings = load_settings(config, load_driver)
    assert settings.web is not None
    clock, waiting = SystemClock(), threading.Event()
    until = clock.mono() + LIMIT_S
    with running(config, "127.0.0.1"):
        while not (found := listening() - before) >= {("udp", 5353)}:
            assert clock.mono() < until and not waiting.wait(0.05)
        assert found == {("tcp", settings.web.port), ("tcp", settings.web.redirect), ("udp", 5353)}


def test_it_is_asked_by_its_names_and_addresses_over_https(config: Path) -> None:
    with running(config, "127.0.0.1") as terminal:
        for host in ("t7k3m9q2.local", "TILL.lan", "localhost", "127.0.0.1"):
            assert asked(terminal, config, "/login", host) == 200
        for path in ("/", "/login", "/static/page.css", "/events", "/health", "/api/openapi.json"):
            assert asked(terminal, config, path, "evil.example") == 421
            assert asked(terminal, config, path, "192.168.1.36") == 421, "an address, and not the one it came to"


def test_the_slip_says_where_it_is_and_shows_the_fingerprint_that_a_phone_will_show(config: Path) -> None:
    settings = load_settings(config, load_driver)
    assert settings.web is not None
    slip, wrong = set_up_slip(config, "192.168.1.36", "10.0.0.7")
    made = read_page_certificate(config.parent / "data")
    assert made is not None and wrong == []
    said, port = texts(slip), settings.web.port
    first, pin = [block.text for block in slip.blocks if isinstance(block, QrCode)]
    assert first == f"https://192.168.1.36:{port}/"
    assert said[said.index("或者输入：") + 1 :][:3] == [first, f"https://10.0.0.7:{port}/", f"https://till.lan:{port}/"]
    assert " ".join(line for line in said if len(line) == 23 and line[2] == " ") == made.fingerprint
    assert len(pin) == 13 and not any(pin in line for line in said), "the PIN is in no address"


def test_a_slip_without_a_network_names_the_box_and_its_fingerprint(config: Path) -> None:
    slip, _ = set_up_slip(config)
    assert {"1. 还没有网络。接好网，", "手机连同一个网，输入："} <= set(texts(slip))
    assert len([block for block in slip.blocks if isinstance(block, QrCode)]) == 1
    assert len([line for line in texts(slip) if len(line) == 23 and line[2] == " "]) == 4


def test_another_fingerprint_than_the_slips_is_a_problem_until_another_slip_is_printed(config: Path) -> None:
    set_up_slip(config, "192.168.1.36")
    (config.parent / "data" / PAGE_KEY).write_bytes(b"damaged")
    terminal = build(load_settings(config, load_driver), Outside(addresses=lambda: ["192.168.1.36"]))
    terminal.start()
    made = read_page_certificate(config.parent / "data")
    assert made is not None and terminal.snapshot is not None
    (trouble,) = terminal.snapshot.troubles
    assert (trouble.kind, trouble.detail) == ("page.certificate", "its certificate is not the one of the newest slip")
    tx = terminal.ledger.begin(lambda record, tx: None)
    tx.put(PRINTED_FINGERPRINT, made.fingerprint)
    assert terminal.health.snapshot(tx, terminal.ledger.last_n).troubles == ()
    tx.rollback()
    kept = [row for row in LedgerQueries(terminal.ledger.path).journal(since=0) if row["type"] == "store.set_aside"]
    assert [row["data"]["file"] for row in kept] == ["page.pem"]
    assert (config.parent / "data" / "aside" / kept[0]["data"]["kept_as"]).read_bytes() == b"damaged"
    terminal.close()


def test_the_key_is_in_no_log_and_the_fingerprint_is(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with running(config, "192.168.1.36"):
        found = read_page_certificate(config.parent / "data")
    assert found is not None and f"SHA-256 {found.fingerprint}" in caplog.text
    key = (config.parent / "data" / PAGE_KEY).read_text(encoding="ascii").splitlines()
    assert not any(line in caplog.text for line in key)


def test_check_says_where_the_page_is_and_what_would_change(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = load_settings(config, load_driver)
    assert settings.web is not None
    assert main(["check", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert f"https://t7k3m9q2.local:{settings.web.port}/, https://till.lan:{settings.web.port}/\n" in told
    assert "page: its certificate is made at the first start\n" in told and "web.redirect = " in told
    with running(config, "192.168.1.36"):
        assert main(["check", "--config", str(config)]) == 0
        told = capsys.readouterr().out
        assert "page: certificate until 20" in told and "warning" not in told
    with socket.create_server(("0.0.0.0", settings.web.port)):
        config.write_text(config.read_text(encoding="utf-8").replace("Till.lan", "kasse.lan"), encoding="utf-8")
        assert main(["check", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "warning: the box has other names now; the next start makes another certificate" in told
    assert f"warning: [web] bind: the page cannot open port {settings.web.port} of 0.0.0.0: Address already" in told
    (config.parent / "data" / PAGE_KEY).write_bytes(b"damaged")
    assert main(["check", "--config", str(config)]) == 0
    assert "the next start sets it aside and makes another one, with another fingerprint" in capsys.readouterr().out


def test_a_page_that_cannot_be_opened_costs_no_sale_and_is_told(config: Path) -> None:
    settings = load_settings(config, load_driver)
    assert settings.web is not None
    with socket.create_server(("0.0.0.0", settings.web.port)), running(config, "127.0.0.1") as terminal:
        assert terminal.snapshot is not None and terminal.snapshot.ready
        assert [one.kind for one in terminal.snapshot.troubles] == ["page.closed"]
