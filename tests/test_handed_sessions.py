"""Sessions and sockets over a planned start: in memory, once, and only what this very process left."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from own_page_bench import PASSWORD, Browser, HandClock, with_password
from tls_bench import LIMIT_S, NAMES, free_port

from edge.cli.handover import LISTENERS, VARIABLE, HandedOver, handed_over
from edge.errors import StoreError
from edge.model.account import Account, Role
from edge.store.page_key import PAGE_KEY, open_page_certificate
from edge.web.handed_sessions import pack_sessions, unpack_sessions
from edge.web.login import IDLE_S, Gate
from edge.web.server import Entrance, WebServer
from edge.web.site import End, Notice

TWO_LIVES = """\
import os, sys
from edge.cli.handover import hand_over, handed_over
found = handed_over().octets
if not found:
    hand_over(b"what one life leaves")
    os.execv(sys.executable, sys.orig_argv)
print(found.decode(), handed_over().octets == b"", len(os.listdir("/proc/self/fd")))
"""


def _gate(handed: bytes, clock: HandClock, accounts: dict[str, Account]) -> Gate:
    return Gate(clock, accounts.get, lambda name, source: None, unpack_sessions(handed))


def test_what_one_life_leaves_the_next_one_has_once_and_no_file_stays_open() -> None:
    bare = [sys.executable, "-c", 'import os; print(len(os.listdir("/proc/self/fd")))']
    files = subprocess.run(bare, capture_output=True, text=True, check=True).stdout.strip()
    lives = subprocess.run([sys.executable, "-c", TWO_LIVES], capture_output=True, text=True, check=True)
    assert lives.stdout.split() == ["what", "one", "life", "leaves", "True", files]


@pytest.mark.parametrize("number", ["0", "", "-1", "9999", "x", "1e3", "٣"])
def test_a_number_that_is_no_such_memory_is_nothing(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv(VARIABLE, number)
    monkeypatch.setenv(LISTENERS, f"{number} {number}")
    assert handed_over() == HandedOver() and VARIABLE not in os.environ and LISTENERS not in os.environ


LISTENING = """\
import os, socket, subprocess, sys
from edge.cli.handover import hand_over, handed_over
from edge.web.server import listening
CHILD = 'import os; print(len(os.listdir("/proc/self/fd")))'
found = handed_over()
if not found.listeners:
    bare = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, close_fds=False).stdout.strip()
    opened = listening("127.0.0.1", 0)
    waiting = socket.create_connection(opened.getsockname())
    waiting.sendall(b"x")
    waiting.set_inheritable(True)
    hand_over(bare.encode(), [opened])
    os.environ["OTHERS"] = str(waiting.fileno())
    os.execv(sys.executable, sys.orig_argv)
listener, = found.listeners
listener.setblocking(True)
line, address = listener.accept()
os.close(int(os.environ["OTHERS"]))
child = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, close_fds=False).stdout.strip()
print(line.recv(1).decode(), listener.get_inheritable(), child == found.octets.decode())
"""


def test_who_knocks_between_two_lives_is_heard_by_the_next_one_and_no_child_gets_the_socket() -> None:
    lives = subprocess.run([sys.executable, "-c", LISTENING], capture_output=True, text=True, check=True)
    assert lives.stdout.split() == ["x", "False", "True"]


def test_what_takes_no_connections_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = socket.socketpair()
    with one, other, socket.socket() as deaf, TemporaryFile() as file:
        monkeypatch.setenv(LISTENERS, f"{one.fileno()} {deaf.fileno()} {file.fileno()}")
        assert handed_over().listeners == ()
        one.sendall(b"x")
        assert other.recv(1) == b"x" and deaf.fileno() >= 0


def _served(port: int, handed: Sequence[socket.socket] = ()) -> WebServer:
    server = WebServer(Entrance("127.0.0.1", port, with_password().app()), handed=handed)
    server.start()
    return server


def test_a_page_that_is_asked_for_while_nobody_answers_comes_from_the_next_life() -> None:
    port = free_port()
    kept = _served(port).stop(keeps=True)
    browser = Browser(port)
    browser.connection.request("GET", "/login")
    server = _served(port, kept)
    try:
        assert browser.connection.getresponse().status == 200
    finally:
        browser.connection.close()
        server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_page_that_is_at_another_address_now_lets_the_old_one_go() -> None:
    before, after = free_port(), free_port()
    server = _served(after, _served(before).stop(keeps=True))
    browser = Browser(after)
    try:
        assert browser.get("/login").status == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", before))
    finally:
        browser.connection.close()
        server.stop()


def test_without_a_certificate_nobody_waits_at_the_socket() -> None:
    def none() -> ssl.SSLContext:
        raise StoreError("it is damaged")

    port = free_port()
    kept = _served(port).stop(keeps=True)
    server = WebServer(Entrance("127.0.0.1", port, with_password().app(), none), handed=kept)
    server.start()
    try:
        assert "it is damaged" in server.trouble
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    finally:
        server.stop()


def test_over_https_a_handshake_waits_for_the_next_life(tmp_path: Path) -> None:
    made = open_page_certificate(tmp_path, NAMES, datetime.now(UTC))
    believes = ssl.create_default_context(cafile=tmp_path / PAGE_KEY)
    page = with_password()
    page.tls, port = True, free_port()
    entrance = Entrance("127.0.0.1", port, page.app(), lambda: made.tls)
    first = WebServer(entrance)
    first.start()
    kept = first.stop(keeps=True)

    def asked() -> int:
        phone = http.client.HTTPSConnection("localhost", port, timeout=LIMIT_S, context=believes)
        phone.request("GET", "/login")
        status = phone.getresponse().status
        phone.close()
        return status

    with ThreadPoolExecutor(1) as meanwhile:
        status = meanwhile.submit(asked)
        server = WebServer(entrance, handed=kept)
        server.start()
        assert status.result() == 200
    server.stop()


def test_who_was_logged_in_is_so_after_a_planned_start_until_the_password_is_another_or_time_is_over() -> None:
    page, clock = with_password(), HandClock()
    accounts = page.accounts
    gate = _gate(b"", clock, accounts)
    token = gate.enter("technician", PASSWORD, "192.0.2.7")
    left = gate.session(token)
    assert left is not None
    left.notice = Notice(End.RUNNING, "马上重启")
    octets = pack_sessions(gate.living())

    after = _gate(octets, clock, accounts).session(token)
    assert after is not None and after.account is Role.TECHNICIAN and after.is_own(left.csrf)
    assert after.take_notice() == left.notice
    accounts["technician"] = Account(Role.TECHNICIAN, "another", printed=False)
    assert _gate(octets, clock, accounts).session(token) is None
    accounts["technician"] = Account(Role.TECHNICIAN, left.hash, printed=False)
    clock.now += IDLE_S + 1
    assert _gate(octets, clock, accounts).session(token) is None


@pytest.mark.parametrize("octets", [b"{}", b"[{}]", b"\xff", b'[{"token": 7}]', b"["])
def test_what_nobody_packed_logs_nobody_in(octets: bytes) -> None:
    assert list(unpack_sessions(octets)) == []
