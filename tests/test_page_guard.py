"""What every request passes first: host, origin, token, size; and what no answer ever says (contract C37–C41)."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from own_page_bench import OwnPage, served, with_password
from starlette.routing import Mount, Route
from starlette.types import Message, Scope

from edge.web.guard import MAX_BODY_OCTETS
from edge.web.server import Entrance, WebServer, listening

OPEN = {"/login", "/language"}
"""Without a session there are these, files of the login form, and for programs of this machine state and metrics."""
LOCAL = {"/health", "/metrics"}


def routes(page: OwnPage) -> list[Route]:
    app: Any = page.app()
    return [route for route in app._app.routes if isinstance(route, Route)]


def test_every_route_but_the_login_wants_a_session() -> None:
    """All there are, walked: a route that is added without a login is found here."""
    page = with_password()
    found = routes(page)
    assert len(found) > 15
    with served(page) as browser:
        for route in found:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                if route.path in OPEN | LOCAL or route.path == "/api/login":
                    continue
                answer = browser.ask(method, route.path, b"{}" if method == "POST" else None)
                assert answer.status == 401 or answer.headers["Location"] == "/login", (method, route.path)
    assert page.orders == []


def test_every_action_wants_the_token_of_the_session() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        for route in routes(page):
            if "POST" in (route.methods or set()) and route.path not in OPEN | {"/api/login"}:
                for headers in ({}, {"X_CSRF_Token": "x"}):
                    answer = browser.ask("POST", route.path, b"csrf=x", **headers)
                    assert answer.status == 403, route.path
        browser.csrf = ""
        assert browser.post("/devices/print").status == 403
    assert page.orders == []


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}, {"Origin": "http://127.0.0.1:1"},
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
])  # fmt: skip
def test_another_sites_form_does_nothing_though_it_has_the_cookie_and_the_token(headers: dict[str, str]) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        for path in ("/devices/print", "/login", "/logout", "/language"):
            assert browser.post(path, None, **headers).status == 403
        assert browser.get("/").status == 200, "and nobody was logged out"
    assert page.orders == []


@pytest.mark.parametrize("host", [
    "shop.example", "127.0.0.1.shop.example", "[", "[::1", "localhost]", "[x]", "localhost/x", "a@localhost",
    "127.0.0.1:1:1", "", "localhost?x", "localhost#x", "localhost?", "localhost#", "?", "127.0.0.1:80#",
])  # fmt: skip
def test_another_name_that_resolves_to_this_box_is_refused_on_every_path(host: str) -> None:
    with served(with_password()) as browser:
        for path in ("/", "/health", "/login", "/static/page.css", "/events", "/api/overview", "/nowhere"):
            assert browser.ask("GET", path, Host=host).status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8081", "[::1]:8081", "t7k3m9q2.local", "T7K3M9Q2.local:80"])
def test_its_own_names_are_known(host: str) -> None:
    with served(with_password()) as browser:
        assert browser.ask("GET", "/login", Host=host).status == 200


def test_no_other_site_may_read_frame_or_guess_what_it_answers() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        for path in ("/", "/health", "/login", "/static/page.css", "/nowhere", "/api/overview"):
            headers = browser.get(path, Origin="http://evil.example").headers
            assert not [name for name in headers if name.lower().startswith("access-control-")]
            assert headers["X-Content-Type-Options"] == "nosniff"
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
            assert "Server" not in headers


def test_reading_changes_nothing() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        shown = {route.path for route in routes(page) if "GET" in (route.methods or set())}
        for route in routes(page):
            if route.methods == {"POST"} and route.path not in shown:
                assert browser.ask("GET", route.path).status == 405, route.path
            elif route.path != "/events":
                browser.ask("GET", route.path)
    assert page.orders == []


def test_whoever_comes_back_to_the_address_of_a_form_sees_the_page_it_was_on() -> None:
    """The answer to one that was refused stands there, and a phone loads it anew by itself."""
    page = with_password()
    paths = {route.path for route in routes(page) if "POST" in (route.methods or set())}
    forms = {path for path in paths if f"/api{path}" in paths} - {"/login"}
    assert len(forms) > 30
    with served(page) as browser:
        browser.log_in()
        for path in forms:
            assert browser.get(browser.get(path).headers["Location"] or path).status in (200, 403), path
        back = "/settings?change=terminal.till"
        typed = {"key": "terminal.till", "value": "x", "seen": "0", "back": back}
        assert browser.post("/settings/put", typed).status == 422
        assert browser.get("/settings/put").headers["Location"] == back
        assert browser.get("/time/set").headers["Location"] == "/time"
    assert page.orders == []


def test_a_body_that_is_too_long_is_cut_off_whether_it_says_so_or_not() -> None:
    page = with_password()
    with served(page) as browser:
        assert browser.ask("POST", "/login", b"x" * (MAX_BODY_OCTETS + 1)).status == 413
    with served(page) as browser:
        browser.connection.request(
            "POST", "/login", iter([b"x" * 4_096] * 17), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        assert browser.connection.getresponse().status == 413
    with served(page) as browser:
        assert browser.ask("POST", "/login", "&".join(f"a{n}=1" for n in range(200))).status == 413


def test_state_and_metrics_are_for_this_machines_own_programs() -> None:
    page = with_password()
    with served(page) as browser:
        assert browser.get("/health").json["unsent"] == 2
        assert browser.get("/health").json["problems"] == ["receipt_printer: paper_out"]
        assert browser.get("/metrics").text == "edge_q_tx 0\n"
        page.state = None
        assert browser.get("/health").status == 503
    for path in LOCAL:
        assert asyncio.run(_asked_from(page, "192.168.1.7", path)) == 403


async def _asked_from(page: OwnPage, address: str, path: str) -> int:
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"t7k3m9q2.local")], "client": (address, 1), "server": ("127.0.0.1", 8081),
    }  # fmt: skip
    await page.app()(scope, receive, send)
    return int(answers[0]["status"])


def test_there_is_nothing_beside_pages_and_static_files() -> None:
    page = with_password()
    app: Any = page.app()
    assert [route.path for route in app._app.routes if isinstance(route, Mount)] == ["/static"]
    with served(page) as browser:
        for path in ("/static/../pages/login.html", "/static/%2e%2e/login.py", "/static//etc/passwd"):
            assert browser.get(path).status in (404, 303), path


def test_a_taken_port_is_one_sentence_that_names_it() -> None:
    with served() as browser:
        second = WebServer(Entrance("127.0.0.1", browser.port, OwnPage().app()))
        second.start()
        assert f"[web] bind: the page cannot open port {browser.port} of 127.0.0.1" in second.trouble
        assert "choose another port, or stop the other program" in second.trouble and "\n" not in second.trouble
        second.stop()


def test_no_answer_waits_for_the_browser_to_confirm_the_half_before_it() -> None:
    """Nagle's algorithm and a phone's delayed acknowledgement cost 40 ms for each page."""
    assert asyncio.run(_nagle_is_off()) == 1


async def _nagle_is_off() -> int:
    asked = asyncio.get_running_loop().create_future()

    def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(answered, sock=listening("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        found: int = await asked
        writer.close()
        return found


def test_an_address_that_only_begins_as_the_api_does_is_a_page() -> None:
    with served(with_password()) as browser:
        for path in ("/apix", "/api"):
            answer = browser.get(path)
            assert answer.status == 404 and "<h1>" in answer.text, path
        assert browser.get("/api/x").json == {"state": "refused", "message": "404"}
