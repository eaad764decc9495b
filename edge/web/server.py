"""The terminal's own page until the technician's exists: `/health` and `/`, state only, no action, on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import uvicorn
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.errors import SettingsError
from edge.ports import Snapshot

PAGES = Path(__file__).parent / "pages"
STOP_TIMEOUT_S = 2.0
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class OwnHostOnly:
    """Another site's name that resolves to this box gets 421 (contract C38: DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if host.rsplit(":", 1)[0] not in _LOOPBACK_NAMES and host not in _LOOPBACK_NAMES:
                await PlainTextResponse("not this box", 421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def build_app(snapshot: Callable[[], Snapshot | None]) -> ASGIApp:
    """The ASGI application over the dispatcher's frozen state."""
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape())

    def health(_: Request) -> Response:
        state = snapshot()
        if state is None:
            return JSONResponse({"ready": False}, 503, headers=_HEADERS)
        return JSONResponse(asdict(state), 200 if state.ready else 503, headers=_HEADERS)

    def home(_: Request) -> Response:
        page = pages.get_template("state.html").render(state=snapshot())
        return HTMLResponse(page, headers=_HEADERS)

    return OwnHostOnly(Starlette(routes=[Route("/health", health), Route("/", home)]))


class WebServer:
    """uvicorn in a thread of its own. `open` binds, so that a taken port is an error before anything starts."""

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
        except OSError as error:
            listener.close()
            raise SettingsError(
                f"port {self._address[1]} is taken", where="[web] bind", got=str(error.strerror),
                cure="Choose another port or stop the other program.",
            ) from error  # fmt: skip
        self._address = listener.getsockname()[:2]
        config = uvicorn.Config(self._app, log_config=None, access_log=False, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_TIMEOUT_S)
