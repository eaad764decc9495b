"""uvicorn in a thread of its own, over whatever application it is given."""

from __future__ import annotations

import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from edge.errors import SettingsError

STOP_TIMEOUT_S = 1.0
MAX_CONNECTIONS = 100
"""Twenty who look, and their browsers' few lines each; what comes on top is told 503."""


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
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            limit_concurrency=MAX_CONNECTIONS,
            server_header=False,
            proxy_headers=False,  # nothing stands before it: a source that is told is not believed
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
