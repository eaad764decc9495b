"""The terminal's own page without a socket, for the fuzz tests: one request, one answer, on every route."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from fuzz_target import Read, Target
from own_page_bench import PIN, with_pin
from starlette.types import Message, Scope

from edge.model.set_up_slip import read_pin

ANSWERS = frozenset({200, 202, 303, 307, 400, 401, 403, 404, 405, 413, 421, 422, 503})
MINUTE_S = 60.0
PIECE_OCTETS = 500
"""Of a body, as a network brings it."""
SHARE = 4
"""25,000 requests: a thousand for each route (decisions 5)."""

_HERE, _IN = b"localhost:8081", b"session=TOKEN; language=en"
_FORM = b"csrf=CSRF&cid=019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f&back=/&"
_SHOWN = (
    b"/",
    b"/live",
    b"/devices",
    b"/settings",
    b"/password",
    b"/backup",
    b"/backup/file",
    b"/restore",
    b"/reset",
    b"/bundle/file",
    b"/api/restore",
    b"/api/overview",
    b"/api/openapi.json",
    b"/metrics",
)
_DONE = (
    (b"/devices/door", b"door=B01"), (b"/devices/print", b""), (b"/devices/say", b"x=1"), (b"/devices/weigh", b""),
    (b"/backup", b"password=1234567890&password_again=1234567890"), (b"/restore", b"password=x"), (b"/bundle", b""),
    (b"/restore/go", b"id=a1b2"), (b"/reset", b"tid=T7K3M9Q2"),
    (b"/devices/drawer", b""), (b"/devices/display", b""), (b"/logout", b""), (b"/language", b"language=en"),
    (b"/password", b"password=12345678&password_again=12345678"), (b"/language", b"language=zh-CN"),
)  # fmt: skip
_LOGIN = b'{"account":"technician","password":"%s"}' % PIN.encode()

REQUESTS: tuple[bytes, ...] = tuple(
    b"\0".join(parts)
    for parts in (
        (b"GET", b"/health", b"127.0.0.1:8081", b"", b"", b""),
        (b"GET", b"/live", b"[::1]:8081", b"", b"session=AAAAAAAAAAAAAAAAAAAAAA; a=b", b""),
        (b"POST", b"/login", _HERE, b"http://localhost:8081", b"", b"password=ABCD-EFGH-JKMNP"),
        (b"POST", b"/login", b"localhost", b"http://[::1]:1", b"", b"password=%00&account=%ff"),
        (b"POST", b"/login", _HERE, b"", b"", b"account=technician&password=" + PIN.encode()),
        (b"POST", b"/api/login", _HERE, b"", b"", _LOGIN),
        *((b"GET", path, _HERE, b"", _IN, b"") for path in _SHOWN),
        *((b"POST", path, _HERE, b"", _IN, _FORM + form) for path, form in _DONE),
        (
            b"POST",
            b"/api/devices/door",
            _HERE,
            b"",
            _IN,
            b'{"door":"B01","cid":"019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"}',
        ),
        (b"POST", b"/logout", b"127.0.0.1:1", b"http://127.0.0.1:1", b"session=x", b""),
        (b"GET", b"/../etc/passwd", b"evil.example", b"null", b"", b""),
        (b"OPTIONS", b"/health", b"[::1", b"http://[", b"", b""),
    )
)


class OnePage:
    def __init__(self) -> None:
        self._page = with_pin()
        self._app = self._page.app()
        self._token = self._csrf = b"none"

    def ask(self, octets: bytes) -> None:
        """Method, path, Host, Origin, Cookie, body, a zero octet between each; TOKEN and CSRF of the last session."""
        self._page.clock.now += MINUTE_S
        octets = octets.replace(b"TOKEN", self._token).replace(b"CSRF", self._csrf)
        method, path, host, origin, cookie, body = (octets + b"\0" * 5).split(b"\0", 5)
        named = ((b"host", host), (b"origin", origin), (b"cookie", cookie))
        scope: Scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": method.decode("latin-1").upper(), "path": path.decode("utf-8", "replace"), "raw_path": path,
            "query_string": b"", "root_path": "", "headers": [(name, value) for name, value in named if value],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8081),
        }  # fmt: skip
        answers = asyncio.run(self._asked(scope, body))
        assert answers[0]["status"] in ANSWERS, answers[0]
        for name, value in answers[0]["headers"]:
            if name == b"set-cookie" and value.startswith(b"session="):
                self._came_in(value, body)

    def _came_in(self, cookie: bytes, body: bytes) -> None:
        """Only by the right PIN."""
        assert read_pin(_password_of(body)) == PIN
        self._token = cookie.split(b"session=")[1].split(b";")[0]
        session = self._page.gate.session(self._token.decode())
        assert session is not None
        self._csrf = session.csrf.encode()

    async def _asked(self, scope: Scope, body: bytes) -> list[Message]:
        pieces = [body[at : at + PIECE_OCTETS] for at in range(0, len(body) + 1, PIECE_OCTETS)]
        answers: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": pieces.pop(0) if pieces else b"", "more_body": bool(pieces)}

        async def send(message: Message) -> None:
            answers.append(message)

        await self._app(scope, receive, send)
        return answers


def _password_of(body: bytes) -> str:
    if body[:1] == b"{":
        return str(json.loads(body)["password"])
    return parse_qs(body.decode("utf-8", "replace"))["password"][-1]


@contextmanager
def on_the_page(_: Path) -> Iterator[Read]:
    yield OnePage().ask


PAGE_STANDS: tuple[Target, ...] = (Target("web_page", on_the_page, REQUESTS, share=SHARE),)
