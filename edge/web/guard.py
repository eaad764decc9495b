"""What every request passes first: whose name it asks for, where it comes from, how long it is (contract C37–C39).

Besides its names the box goes by the address at which a connection arrived: that is its own by nature, whatever DHCP
has given it since, and no name of another site resolves to it in a Host header.

An answer leaves with the same headers whichever route made it, and whether it is a page or a refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_OCTETS = 64 * 1024
"""Of a form: the longest is a receipt's text."""
MAX_FILE_OCTETS = 1024**3 + MAX_BODY_OCTETS
"""Of a form with a file in it, for which whoever takes it has a limit of its own, and looks at the disk."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OWN_FETCH = frozenset({"same-origin", "none"})
"""Of Sec-Fetch-Site: a form of ours, or an address that a person typed."""


class Guard:
    """`names`: the hosts under which this box may be asked, without ports. `files`: paths to which files are sent.
    `ending`: what is told while the terminal stops, with the way back.
    """

    def __init__(
        self, app: ASGIApp, *, names: Callable[[], frozenset[str]], files: frozenset[str] = frozenset(),
        ending: Callable[[Request, str], Response],
    ) -> None:  # fmt: skip
        self._ending = ending
        self._app = app
        self._names = names
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # neither WebSocket nor lifespan is served
        headers = Headers(scope=scope)
        most = MAX_FILE_OCTETS if scope["path"] in self._files else MAX_BODY_OCTETS
        refused = self._refusal(scope, headers, most)
        if refused is not None:
            await refused(scope, receive, with_headers(send, is_page=True))
            return
        # Their addresses change with them.
        is_page = not scope["path"].startswith("/static/")
        answer = _Answer(with_headers(send, is_page=is_page))
        try:
            await self._app(scope, _Bounded(receive, most), answer)
        except asyncio.CancelledError:
            # The terminal stops, perhaps because this very request told it to; uvicorn would call that a fault of ours.
            if not answer.begun:
                await self._ending(Request(scope), way_back(scope, headers))(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: Headers, most: int) -> Response | None:
        if not is_own_name(scope, headers, self._names()):
            return another_name()
        if scope["method"] in SAFE:
            return None
        own = f"{scope['scheme']}://{headers['host']}"
        if headers.get("origin", own) != own or headers.get("sec-fetch-site", "none") not in _OWN_FETCH:
            return PlainTextResponse("403 another site may not change anything here. 其他网站不能在这里操作。\n", 403)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > most:
            return PlainTextResponse(f"413 at most {most} octets. 内容太长。\n", 413, headers={"Connection": "close"})
        return None


class _Answer:
    """Knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


class TooLong(Exception):
    """A body that said nothing of its length, and does not end."""


class _Bounded:
    """A body that is longer than it said, or than it may be, is read no further."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLong
        return message


def host_name(host: str) -> str:
    """The name or address in a Host header, without its port and brackets; empty for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return ""
    is_bare = parts.username is None and not parts.path and not set("?#") & set(host)
    return (parts.hostname or "") if is_bare else ""


def is_own_name(scope: Scope, headers: Headers, names: frozenset[str]) -> bool:
    """Whether a request asks for this box: by one of its names, or by the address at which it arrived."""
    arrived_at = (scope.get("server") or ("",))[0]
    asked = host_name(headers.get("host", ""))
    return bool(asked) and (asked in names or asked == arrived_at)


def another_name() -> Response:
    return PlainTextResponse("421 this box has another name. 这台设备不叫这个名字。\n", 421)


def way_back(scope: Scope, headers: Headers) -> str:
    """The page that was asked for, or where a form stood: a path of this box, with what it asks."""
    if scope["method"] not in SAFE:
        try:
            came = urlsplit(headers.get("referer", ""))
        except ValueError:  # such as "//["
            return "/"
        path, query = (came.path, came.query) if came.netloc == headers["host"] else ("", "")
    else:
        path, query = scope["path"], scope["query_string"].decode("latin-1")
    is_own = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return quote(path, safe="/%") + (f"?{quote(query, safe='=&%+;.')}" if query else "") if is_own else "/"


def with_headers(send: Send, *, is_page: bool) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault(
                "Cache-Control", "no-store" if is_page or message["status"] != 200 else "max-age=31536000, immutable"
            )
        await send(message)

    return sent
