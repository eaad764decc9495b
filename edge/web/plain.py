"""What is answered in plain HTTP beside HTTPS: where that is, and before the first password the page itself."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.web.guard import another_name, host_name, is_own_name, with_headers

HTTPS_PORT = 443


def https_url(host: str, port: int) -> str:
    """ "https://192.168.1.5:8443", without a path; the usual port is left out."""
    named = f"[{host}]" if ":" in host else host
    return f"https://{named}" + ("" if port == HTTPS_PORT else f":{port}")


class ToHttps:
    """Port 80: sends who reads on to HTTPS, under the name that was asked for, and takes nothing (contract C40)."""

    def __init__(self, *, names: Callable[[], frozenset[str]], port: Callable[[], int]) -> None:
        self._names = names
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope)(scope, receive, with_headers(send, is_page=True))

    def _answer(self, scope: Scope) -> Response:
        headers = Headers(scope=scope)
        if not is_own_name(scope, headers, self._names()):
            return another_name()
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("405 only by HTTPS. 只能用 HTTPS。\n", 405, {"Allow": "GET, HEAD"})
        asked, query = scope.get("raw_path", b"/").decode("ascii", "replace"), scope["query_string"].decode("ascii")
        path = asked if asked.startswith("/") and not asked.startswith("//") else "/"
        to = https_url(host_name(headers["host"]), self._port()) + path + (f"?{query}" if query else "")
        # Not for ever: a shop may take its page back to this machine.
        return RedirectResponse(to, 307)


class FirstBoot:
    """On the wired service port or the box's own hotspot, at `address`, the page itself while `is_new`; else `after`.

    A box that nobody has set up yet shows nothing of a shop, and its technician need not judge a certificate first.
    """

    def __init__(self, page: ASGIApp, after: ASGIApp, *, address: str, is_new: Callable[[], bool]) -> None:
        self._page = page
        self._after = after
        self._address = address
        self._is_new = is_new

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived_at = (scope.get("server") or ("",))[0]
        inside = arrived_at == self._address and self._is_new()
        await (self._page if inside else self._after)(scope, receive, send)
