"""The terminal's own page: `/health` and `/` show state; `/technician` shows more, to whoever has the printed PIN.

Nothing here acts yet. All of it is on loopback until the page has HTTPS (contract C40).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.errors import SettingsError
from edge.model.set_up_slip import read_pin
from edge.ports import Snapshot
from edge.web.login import ABSOLUTE_S, Gate

PAGES = Path(__file__).parent / "pages"
STOP_TIMEOUT_S = 1.0
MAX_FORM_OCTETS = 1_000
COOKIE = "session"
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class PageSources:
    """What the page reads. All of it can be called from any thread."""

    snapshot: Callable[[], Snapshot | None]
    recent: Callable[[], Sequence[dict[str, Any]]]
    """The newest journal rows, without their data."""
    settings: Sequence[tuple[str, str, str]]
    """(key, value, where it comes from)."""
    metrics: Callable[[], str]
    """The newest sample, as Prometheus reads it."""
    spoken: Callable[[], Sequence[tuple[str, str, str]]]
    """(prompt, tone, sentence) of the newest, oldest first."""


class OwnHostOnly:
    """Another site's name that resolves to this box gets 421, on every path (contract C38: DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if host.rsplit(":", 1)[0] not in _LOOPBACK_NAMES and host not in _LOOPBACK_NAMES:
                await PlainTextResponse("not this box", 421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Pages:
    """The routes. GET changes nothing; the two POSTs want our own Origin."""

    def __init__(self, sources: PageSources, gate: Gate) -> None:
        self._sources = sources
        self._gate = gate
        self._templates = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape())

    def routes(self) -> list[Route]:
        return [
            Route("/health", self._health),
            Route("/metrics", self._metrics),
            Route("/", self._home),
            Route("/technician", self._technician),
            Route("/technician/login", self._login, methods=["POST"]),
            Route("/technician/logout", self._logout, methods=["POST"]),
        ]

    async def _health(self, _: Request) -> Response:
        state = self._sources.snapshot()
        if state is None:
            return JSONResponse({"ready": False}, 503, headers=_HEADERS)
        return JSONResponse(asdict(state), 200 if state.ready else 503, headers=_HEADERS)

    async def _metrics(self, _: Request) -> Response:
        return PlainTextResponse(self._sources.metrics(), headers=_HEADERS)

    async def _home(self, _: Request) -> Response:
        return self._page("state.html", state=self._sources.snapshot())

    async def _technician(self, request: Request) -> Response:
        if not self._gate.admits(request.cookies.get(COOKIE)):
            return self._page("login.html", wrong=False, wait_s=self._gate.wait_s())
        rows = await run_in_threadpool(self._sources.recent)
        state = self._sources.snapshot()
        return self._page(
            "technician.html", state=state, rows=rows, settings=self._sources.settings, spoken=self._sources.spoken()
        )

    async def _login(self, request: Request) -> Response:
        if not _own_origin(request):
            return PlainTextResponse("another site may not log in here", 403, headers=_HEADERS)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_OCTETS:
                return PlainTextResponse("a PIN is shorter than this", 413, headers={**_HEADERS, "Connection": "close"})
        pin = parse_qs(body.decode("utf-8", "replace")).get("pin", [""])[0]
        token = await run_in_threadpool(self._gate.enter, read_pin(pin))
        if token is None:
            return self._page("login.html", 403, wrong=True, wait_s=self._gate.wait_s())
        answer = RedirectResponse("/technician", 303, headers=_HEADERS)
        answer.set_cookie(COOKIE, token, max_age=round(ABSOLUTE_S), httponly=True, samesite="strict")
        return answer

    async def _logout(self, request: Request) -> Response:
        if not _own_origin(request):
            return PlainTextResponse("another site may not log out here", 403, headers=_HEADERS)
        self._gate.leave(request.cookies.get(COOKIE))
        return RedirectResponse("/technician", 303, headers=_HEADERS)

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(self._templates.get_template(name).render(**values), status, headers=_HEADERS)


def build_app(sources: PageSources, gate: Gate) -> ASGIApp:
    """The ASGI application over the dispatcher's frozen state."""
    return OwnHostOnly(Starlette(routes=Pages(sources, gate).routes()))


class WebServer:
    """uvicorn in a thread of its own. `start` binds, so that a taken port is an error before anything else runs."""

    def __init__(self, host: str, port: int, app: ASGIApp) -> None:
        self._address = (host, port)
        self._app = app
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        host, port = self._address
        return f"http://{host}:{port}/"

    def start(self) -> None:
        """Raises SettingsError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(self._address)
            listener.listen()
        except OSError as error:
            listener.close()
            raise SettingsError(
                f"port {self._address[1]} is taken", where="[web] bind", got=str(error.strerror),
                cure="Choose another port or stop the other program.",
            ) from error  # fmt: skip
        self._address = listener.getsockname()[:2]
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            # A browser that keeps its connection open must not hold up a planned stop.
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(STOP_TIMEOUT_S)


def _own_origin(request: Request) -> bool:
    """Browsers send Origin with every POST; what has none is no browser and has no cookie to abuse."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
