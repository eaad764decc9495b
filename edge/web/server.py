"""uvicorn in a thread of its own, over whatever applications it is given, each at an address of its own."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from edge.errors import StoreError
from edge.web.lines import Lines, LineServer

STOP_TIMEOUT_S = 1.0
RETRY_S = 10.0
"""A port that another program has, an address that the network has not given yet."""
_CURES = {
    errno.EADDRINUSE: "another program has it: choose another port, or stop the other program",
    errno.EACCES: "ports below 1024 need CAP_NET_BIND_SERVICE, as in systemd/edge-terminal.service; or choose another",
    errno.EADDRNOTAVAIL: "this box has no such address now: is the cable in? 0.0.0.0 stands for all it ever has",
}

_log = logging.getLogger("edge.web")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a page is asked, and what answers. `tls` makes what HTTPS needs, or raises StoreError; None: plain HTTP.

    `key`: the setting that names the port. Port 0 lets the system choose.
    """

    host: str
    port: int
    app: ASGIApp
    tls: Callable[[], ssl.SSLContext] | None = None
    key: str = "bind"

    @property
    def at(self) -> tuple[str, int]:
        """As the system tells the address of its socket."""
        return ("127.0.0.1" if self.host == "localhost" else self.host), self.port


class WebServer:
    """Its first entrance is the page. One that cannot be opened is tried again, and the shop sells meanwhile.

    `handed`: sockets of the life of this process before. An entrance at the same address goes on with its own, the
    others are closed.
    """

    def __init__(
        self, *entrances: Entrance, retry_s: float = RETRY_S, handed: Sequence[socket.socket] = ()
    ) -> None:  # fmt: skip
        self._entrances = entrances
        self._handed = handed
        self._taken: dict[Entrance, socket.socket] = {}
        self._retry_s = retry_s
        self._open: dict[Entrance, LineServer] = {}
        self._troubles: dict[Entrance, str] = {}
        self._lines = Lines()
        self._port = entrances[0].port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Of the page; the one that the system chose once it is open."""
        return self._port

    @property
    def url(self) -> str:
        page = self._entrances[0]
        host = f"[{page.host}]" if ":" in page.host else page.host
        return f"{'https' if page.tls else 'http'}://{host}:{self._port}/"

    @property
    def trouble(self) -> str:
        """Why the page, or another entrance, is not open; empty: all are."""
        return next(iter(self._troubles.values()), "")

    def start(self) -> None:
        self._take_up()
        for entrance in self._entrances:
            self._try(entrance)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="web", daemon=True)
        self._thread.start()

    def stop(self, *, keeps: bool = False) -> Sequence[socket.socket]:
        """`keeps`: the sockets stay open and are handed out, and who connects waits for whoever takes them up."""
        loop, over = self._loop, self._over
        kept = [server.listener.dup() for server in self._open.values() if keeps and server.listener.fileno() >= 0]
        for server in list(self._open.values()):
            server.should_exit = True
        if loop is not None and over is not None and not loop.is_closed():
            loop.call_soon_threadsafe(over.set)
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)
        return kept

    def _take_up(self) -> None:
        """Before anything is opened: what is not taken up might have the address that another one wants."""
        for listener in self._handed:
            listener.setblocking(False)
            at = listener.getsockname()[:2]
            entrance = next((one for one in self._entrances if one.at == at and one not in self._taken), None)
            if entrance is None:
                listener.close()
            else:
                self._taken[entrance] = listener

    def _try(self, entrance: Entrance) -> None:
        """Open it if that can be done now, else say why not, once."""
        taken = self._taken.pop(entrance, None)
        try:
            context = entrance.tls() if entrance.tls is not None else None
            listener = taken or listening(entrance.host, entrance.port)
        except (OSError, StoreError) as error:
            if taken is not None:
                taken.close()
            told = closed_because(entrance.host, entrance.port, error, key=entrance.key)
            if self._troubles.get(entrance) != told:
                self._troubles[entrance] = told
                _log.error("%s; tried again every %.0f s", told, self._retry_s)
            return
        if self._troubles.pop(entrance, None) is not None:
            _log.info("[web] %s: open", entrance.key)
        if entrance is self._entrances[0]:
            self._port = listener.getsockname()[1]
        self._open[entrance] = LineServer(entrance.app, listener, context, self._lines)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        await asyncio.gather(*(self._enter(entrance, self._over) for entrance in self._entrances))

    async def _enter(self, entrance: Entrance, over: asyncio.Event) -> None:
        while entrance not in self._open:
            try:
                await asyncio.wait_for(over.wait(), self._retry_s)
                return
            except TimeoutError:
                await asyncio.to_thread(self._try, entrance)
        if not over.is_set():
            await self._open[entrance].serve_until(over)


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections there; at "::" those of IPv4, too. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where the protocol is named does asyncio switch Nagle's algorithm off: with it each answer took 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, port))
        listener.listen()
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def closed_because(host: str, port: int, error: OSError | StoreError, *, key: str) -> str:
    """What a person is told, in one line."""
    place = f"[web] {key}: the page cannot open port {port} of {host}"
    if isinstance(error, StoreError):
        return f"{place}: {error}"
    return f"{place}: {error.strerror or error}; {_CURES.get(error.errno or 0, 'choose another address')}"
