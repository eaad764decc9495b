"""A small HTTPS server for boxes: enrolment, and the files that they are asked for."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from edge.errors import SettingsError

MAX_AT_ONCE = 64
"""Connections; whoever comes then is told to come again."""
STOP_TIMEOUT_S = 1


def serve(
    routes: Sequence[Route], host: str, port: int, pair: tuple[Path, Path], ready: Callable[[], None]
) -> None:  # fmt: skip
    """Until SIGTERM or Ctrl-C. `pair`: certificate and key. Raises SettingsError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: asyncio then sets TCP_NODELAY
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(f"port {port} is taken", where="--port", got=str(error.strerror)) from error
    config = uvicorn.Config(
        Starlette(routes=list(routes)), log_config=None, access_log=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=STOP_TIMEOUT_S, limit_concurrency=MAX_AT_ONCE, server_header=False,
        ssl_certfile=pair[0], ssl_keyfile=pair[1], ssl_ciphers="ECDHE+AESGCM:ECDHE+CHACHA20",
    )  # fmt: skip
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    ready()
    uvicorn.Server(config).run(sockets=[listener])
