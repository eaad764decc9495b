"""Lines to the page: who never ends what it says gives its line back, and who waits for an answer keeps it."""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Iterator
from itertools import cycle, islice
from time import monotonic

import pytest
from own_page_bench import Browser, served, with_password

from edge.web import lines
from edge.web.server import Entrance, WebServer

LIMIT_S, SOON_S = 0.3, 5.0
HEAD = b"GET /login HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(lines, "FIRST_WORD_S", LIMIT_S)
    with served(with_password()) as browser:
        yield browser.port


def _until_closed(line: socket.socket, drip: bytes = b"") -> float:
    """Seconds until the box hangs up; meanwhile `drip` goes in, octet by octet."""
    begun, octets = monotonic(), cycle(drip or b" ")
    line.settimeout(LIMIT_S / 6)
    while monotonic() - begun < SOON_S:
        try:
            if drip:
                line.send(bytes(islice(octets, 1)))
            if not line.recv(65536):
                return monotonic() - begun
        except TimeoutError:
            continue
        except OSError:
            return monotonic() - begun
    raise AssertionError("it holds the line still")


@pytest.mark.parametrize(
    "said", [b"", b"G", HEAD, b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nx"]
)
def test_a_request_that_never_ends_gives_its_line_back(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(said)
        assert _until_closed(line) >= LIMIT_S / 2


def test_a_request_that_comes_octet_by_octet_has_no_longer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD + b"X: ")
        assert _until_closed(line, b"x") < SOON_S


def test_after_an_answer_the_next_request_has_a_limit_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD + b"\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        line.sendall(b"GET /login HT")
        assert _until_closed(line) < SOON_S


def test_the_server_ends_while_a_browser_looks_on_and_says_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """A stream is over then like one whose browser has left."""
    page = with_password()
    server = WebServer(Entrance("127.0.0.1", 0, page.app()))
    server.start()
    browser = Browser(server.port)
    browser.log_in()
    browser.connection.request("GET", "/events", headers={"Cookie": f"session={browser.cookies['session']}"})
    stream = browser.connection.getresponse()
    assert stream.readline() == b"retry: 2000\n"
    server.stop()
    with pytest.raises(http.client.IncompleteRead):
        stream.read()
    stream.close()
    browser.connection.close()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
