"""The page for phones in the shop: HTTPS with the box's own certificate, by its own names alone (contract C38–C41)."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from own_page_bench import PASSWORD, PIN, Answer, Browser, with_password, with_pin
from tls_bench import LIMIT_S, NAME, NAMES, Box, Phone, opened

from edge.web.lines import MAX_LINES_OF_ONE
from edge.web.server import Entrance, WebServer

PATHS = ("/", "/health", "/metrics", "/login", "/static/page.css", "/events", "/api/overview", "/nowhere")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(with_password(), tmp_path) as box:
        yield box


@pytest.fixture
def phone(box: Box) -> Iterator[Phone]:
    with closing(Phone(box)) as phone:
        yield phone


def asked(port: int, method: str, path: str, *, at: str = "127.0.0.1", host: str) -> Answer:
    """In plain HTTP."""
    with closing(http.client.HTTPConnection(at, port, timeout=LIMIT_S)) as connection:
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(), answer.headers)


def test_a_phone_that_has_compared_the_fingerprint_logs_in_and_its_cookie_is_for_tls_alone(phone: Phone) -> None:
    answer = phone.log_in(PASSWORD)
    assert answer.status == 303
    (cookie,) = answer.headers.get_all("Set-Cookie") or []
    assert cookie.startswith("__Host-session=") and "; Secure" in cookie and "; Path=/" in cookie
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and "domain" not in cookie.lower()
    assert phone.get("/").status == 200
    assert phone.post("/devices/print").status == 303


def test_a_websocket_is_not_spoken(phone: Phone) -> None:
    phone.log_in(PASSWORD)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    for path in ("/", "/events-of-another-kind"):
        answer = phone.ask("GET", path, Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==", **upgrade)
        assert answer.status in (200, 404)


def test_its_certificate_is_for_its_names_and_for_this_machines_programs(box: Box) -> None:
    for host in (*NAMES, "127.0.0.1"):
        with box.believes.wrap_socket(
            socket.create_connection(("127.0.0.1", box.port), LIMIT_S), server_hostname=host
        ) as line:
            assert line.version() == "TLSv1.3"
    with socket.create_connection(("127.0.0.1", box.port)) as line, pytest.raises(ssl.SSLCertVerificationError):
        box.believes.wrap_socket(line, server_hostname="evil.example")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_not_spoken(box: Box, version: ssl.TLSVersion) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    with socket.create_connection(("127.0.0.1", box.port), LIMIT_S) as line, pytest.raises(OSError):
        old.wrap_socket(line)


def test_plain_http_to_the_tls_port_is_answered_nothing(box: Box, phone: Phone) -> None:
    with socket.create_connection(("127.0.0.1", box.port), LIMIT_S) as line:
        line.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in line.recv(4_096)
    assert phone.get("/login").status == 200, "and the next one is served"


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5", "127.0.0.2", "127.0.0.1.evil.example", "", "[::2]"])
def test_another_name_or_address_is_refused_on_every_path_and_port(box: Box, phone: Phone, host: str) -> None:
    """DNS rebinding: a name of theirs that resolves to this box, in a browser that takes its certificate."""
    for path in PATHS:
        assert phone.ask("GET", path, Host=host).status == 421, path
        assert asked(box.plain_port, "GET", path, host=host).status == 421, path


def test_the_address_at_which_it_arrives_is_its_own_whatever_dhcp_gave(box: Box) -> None:
    for address in ("127.0.0.2", "127.0.0.3"):
        assert asked(box.plain_port, "GET", "/", at=address, host=f"{address}:80").status == 307
    assert asked(box.plain_port, "GET", "/", at="127.0.0.2", host="127.0.0.3").status == 421


@pytest.mark.parametrize("origin", ["http://localhost:{port}", "https://evil.example", "https://localhost", "null"])
def test_a_form_of_another_origin_does_nothing_even_of_this_host_in_plain_http(tmp_path: Path, origin: str) -> None:
    """What stands in plain HTTP under this name may be anybody's."""
    page = with_password()
    with opened(page, tmp_path) as box, closing(Phone(box)) as phone:
        phone.log_in()
        assert phone.post("/devices/print", None, Origin=origin.format(port=box.port)).status == 403
        assert phone.post("/devices/print", None, Sec_Fetch_Site="cross-site").status == 403
        assert page.orders == []
        assert phone.post("/devices/print").status == 303


@pytest.mark.parametrize(("path", "host", "to"), [
    ("/", NAME, f"https://{NAME}:{{port}}/"), ("/login", "localhost:80", "https://localhost:{port}/login"),
    ("/commands?a=1&b=%0d%0a", "T7K3M9Q2.local", f"https://{NAME}:{{port}}/commands?a=1&b=%0d%0a"),
    ("//evil.example/", "till.lan", "https://till.lan:{port}/"),
    ("http://evil.example/x", "till.lan", "https://till.lan:{port}/"),
])  # fmt: skip
def test_the_plain_port_leads_to_https_under_the_same_name_and_nowhere_else(
    box: Box, path: str, host: str, to: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = asked(box.plain_port, method, path, host=host)
        assert (answer.status, answer.headers["Location"]) == (307, to.format(port=box.port))
        assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_the_plain_port_takes_nothing(box: Box, method: str) -> None:
    answer = asked(box.plain_port, method, "/login", host=NAME)
    assert answer.status == 405 and "Location" not in answer.headers


def test_before_the_first_password_the_service_port_shows_the_page_and_afterwards_leads_to_https(
    tmp_path: Path,
) -> None:
    page = with_pin()
    with opened(page, tmp_path) as box:
        assert "login" in asked(box.plain_port, "GET", "/login", at="127.0.0.7", host="127.0.0.7").text
        assert asked(box.plain_port, "GET", "/login", host="127.0.0.1").status == 307, "at this address alone"
        phone = Browser(box.plain_port, "127.0.0.7")
        with closing(phone.connection):
            phone.log_in(PIN)
            assert f"http://127.0.0.7:{box.plain_port}/" in phone.get("/password").text, "and where it goes on then"
        page.accounts["technician"] = with_password().accounts["technician"]
        assert asked(box.plain_port, "GET", "/login", at="127.0.0.7", host="127.0.0.7").status == 307
        assert asked(box.plain_port, "POST", "/login", at="127.0.0.7", host="127.0.0.7").status == 405


def test_one_that_takes_all_the_lines_it_can_get_keeps_nobody_else_out(box: Box) -> None:
    """Nor does it take the file handles that a till needs."""
    lines = [socket.create_connection(("127.0.0.1", box.port), LIMIT_S) for _ in range(3 * MAX_LINES_OF_ONE)]
    try:
        ended = 0
        for line in lines[MAX_LINES_OF_ONE:]:
            ended += not line.recv(1)
        assert ended == 2 * MAX_LINES_OF_ONE, "closed unheard"
        with (
            socket.create_connection(("127.0.0.1", box.port), LIMIT_S, source_address=("127.0.0.9", 0)) as other,
            box.believes.wrap_socket(other, server_hostname=NAME) as line,
        ):
            line.sendall(b"GET /login HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 200"
    finally:
        for line in lines:
            line.close()


def test_lines_that_were_given_back_can_be_taken_again(box: Box, phone: Phone) -> None:
    for _ in range(3 * MAX_LINES_OF_ONE):
        with socket.create_connection(("127.0.0.1", box.port), LIMIT_S) as line:
            line.sendall(b"no TLS at all\r\n\r\n")
            line.recv(64)
    assert phone.get("/login").status == 200


def test_a_port_that_another_program_gives_back_is_opened_without_a_restart() -> None:
    other = socket.create_server(("127.0.0.1", 0))
    server = WebServer(Entrance("127.0.0.1", other.getsockname()[1], with_password().app()), retry_s=0.05)
    server.start()
    try:
        assert "another program has it" in server.trouble
        other.close()
        waiting = threading.Event()
        while server.trouble:
            assert not waiting.wait(0.05)
        assert asked(server.port, "GET", "/login", host="localhost").status == 200
    finally:
        other.close()
        server.stop()


def test_at_all_addresses_of_ipv6_it_is_asked_by_ipv4_too_and_knows_this_machines_programs() -> None:
    server = WebServer(Entrance("::", 0, with_password().app()))
    server.start()
    try:
        assert asked(server.port, "GET", "/login", at="127.0.0.2", host="127.0.0.2").status == 200
        assert asked(server.port, "GET", "/login", host="127.0.0.2").status == 421
        assert asked(server.port, "GET", "/health", host="localhost").status == 200
    finally:
        server.stop()
