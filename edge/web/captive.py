"""What leads a phone in the box's own Wi-Fi to the page: each name there is the box's, and asked by one it says so.

    phone ── GET http://connectivitycheck.gstatic.com/generate_204 ──► 302 http://10.11.12.1/

Nothing is ever served under a foreign name: not a page, not a cookie, only the way to the box's own address. So a page
elsewhere whose name is made to lead here (DNS rebinding) reads nothing, as that is another origin to it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.web.guard import host_name, with_headers


class CaptivePortal:
    """Before `after`, which answers all else. `address`: the box's in its hotspot; `url`: of the page there."""

    def __init__(
        self, after: ASGIApp, *, address: str, url: str, is_up: Callable[[], bool], names: Callable[[], frozenset[str]]
    ) -> None:
        self._after = after
        self._address = address
        self._url = url
        self._is_up = is_up
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_led(scope):
            # Not kept by the phone: the same name is somebody else's in the next Wi-Fi.
            await RedirectResponse(self._url, 302)(scope, receive, with_headers(send, is_page=True))
        else:
            await self._after(scope, receive, send)

    def _is_led(self, scope: Scope) -> bool:
        arrived_at = (scope.get("server") or ("",))[0]
        if arrived_at != self._address or scope["method"] not in ("GET", "HEAD") or not self._is_up():
            return False
        host = host_name(Headers(scope=scope).get("host", ""))
        return bool(host) and host not in self._names() and not _is_address(host)


def _is_address(host: str) -> bool:
    """No name leads to a number: whoever asks by another one than the box's came by another way."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
