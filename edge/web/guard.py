"""What every request passes first: whose name it asks for, where it comes from, how long it is (contract C37–C39).

An answer leaves with the same headers whichever route made it, and whether it is a page or a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_OCTETS = 64 * 1024
"""Of a form: the longest is a receipt's text."""
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
    """`names`: the hosts under which this box may be asked, without ports."""

    def __init__(self, app: ASGIApp, *, names: Callable[[], frozenset[str]]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # neither WebSocket nor lifespan is served
        headers = Headers(scope=scope)
        refused = self._refusal(scope["method"], headers)
        if refused is not None:
            await refused(scope, receive, _with_headers(send, is_page=True))
            return
        # Their addresses change with them.
        is_page = not scope["path"].startswith("/static/")
        await self._app(scope, _Bounded(receive), _with_headers(send, is_page=is_page))

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if host_name(host) not in self._names():
            return PlainTextResponse("421 this box has another name. 这台设备不叫这个名字。\n", 421)
        if method in SAFE:
            return None
        if not is_own_origin(headers.get("origin"), host) or headers.get("sec-fetch-site", "none") not in _OWN_FETCH:
            return PlainTextResponse("403 another site may not change anything here. 其他网站不能在这里操作。\n", 403)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY_OCTETS:
            return PlainTextResponse(
                f"413 at most {MAX_BODY_OCTETS} octets. 内容太长。\n", 413, headers={"Connection": "close"}
            )
        return None


class TooLong(Exception):
    """A body that said nothing of its length, and does not end."""


class _Bounded:
    """A body that is longer than it said, or than it may be, is read no further."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = MAX_BODY_OCTETS

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
    return (parts.hostname or "") if parts.username is None and not parts.path else ""


def is_own_origin(origin: str | None, host: str) -> bool:
    """Browsers send Origin with every POST; what has none is no browser, and has no cookie that others could use."""
    return origin is None or origin.partition("://")[2] == host


def _with_headers(send: Send, *, is_page: bool) -> Send:
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
