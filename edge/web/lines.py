"""The connections of the page: so many and no more, whoever knocks, since a till needs file handles too.

uvicorn itself takes every connection, holds one that asks nothing for ever, and waits a minute for a handshake.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 60
"""Twenty who look, and their browsers' few lines each; what comes on top is told 503. A line with TLS takes 256 KB."""
MAX_LINES = 64
"""Of all together; beyond that a line is closed unheard."""
MAX_LINES_OF_ONE = 48
"""One phone cannot keep the others out."""
HANDSHAKE_S = 10.0
FIRST_WORD_S = 15.0
"""Browsers open a line ahead of need; one that says nothing, or never ends what it says, gives it back."""
PIECE = 1024
"""Octets of a long body that earn it more time: the slowest phone sends them in one packet."""
LAST_WORD_S = 0.3
"""For who was let in just before the end; whoever comes later waits at the socket, or is not let in."""
DATE_S = 1.0
"""Each answer says when it was given."""
GOODBYE_S = 0.1
"""For what was answered to leave."""
BREATH_S = 1.0
"""When the system has no more handles."""

_MAPPED = "::ffff:"
"""How an address of IPv4 looks on a socket of IPv6 (RFC 4291, 2.5.5.2)."""

_Port = TypeVar("_Port")

_log = logging.getLogger("edge.web")


class Lines:
    """How many there are of each source. Used by the web server's thread alone."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    def take(self, source: str) -> bool:
        if self._of.total() >= MAX_LINES or self._of[source] >= MAX_LINES_OF_ONE:
            return False
        self._of[source] += 1
        return True

    def give_back(self, source: str) -> None:
        self._of[source] -= 1
        if not self._of[source]:
            del self._of[source]


class LineServer(uvicorn.Server):
    """A uvicorn that takes its connections itself."""

    def __init__(self, app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None, lines: Lines) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Line,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                limit_concurrency=MAX_CONNECTIONS,
                server_header=False,
                proxy_headers=False,  # nothing stands before it: a source that is told is not believed
            )
        )
        self.listener = listener
        self._tls = tls
        self._lines = lines
        self._greeted: set[asyncio.Task[None]] = set()
        self._breath: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()

    async def serve_until(self, over: asyncio.Event) -> None:
        """`over` is set when it is to end."""
        self._over = over
        await self.serve()

    async def main_loop(self) -> None:
        """uvicorn looks ten times a second whether it is to end; a box that nobody asks wakes for the date alone."""
        while not (self._over.is_set() or await self.on_tick(0)):
            with suppress(TimeoutError):  # it is time for another date
                await asyncio.wait_for(self._over.wait(), DATE_S)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        self._listen()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own of a server that is made to end, but what it sleeps for is looked at meanwhile."""
        loop = asyncio.get_running_loop()
        if self._breath is not None:
            self._breath.cancel()
        loop.remove_reader(self.listener)
        self.listener.close()
        until = loop.time() + LAST_WORD_S
        while self._is_to_be_heard() and loop.time() < until:
            await asyncio.sleep(LAST_WORD_S / 10)
        for greeted in self._greeted:
            greeted.cancel()
        for line in self._open():
            line.break_off()
        for line in self._open():
            line.shutdown()
        state, until = self.server_state, loop.time() + GOODBYE_S
        while (state.connections or state.tasks) and loop.time() < until:
            await asyncio.sleep(GOODBYE_S / 20)

    def _is_to_be_heard(self) -> bool:
        """Whether somebody was let in, and has not said yet what they want."""
        return bool(self._greeted) or any(line.cycle is None for line in self._open())

    def _open(self) -> list[_Line]:
        return [line for line in self.server_state.connections if isinstance(line, _Line)]

    def _listen(self) -> None:
        self._breath = None
        asyncio.get_running_loop().add_reader(self.listener, self._accept)

    def _accept(self) -> None:
        """Not by `sock_accept`: a line that it has taken already is lost where it is cancelled."""
        loop = asyncio.get_running_loop()
        try:
            line, address = self.listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            _log.warning("no connection can be taken now: %s", error.strerror)
            loop.remove_reader(self.listener)
            self._breath = loop.call_later(BREATH_S, self._listen)
            return
        if not self._lines.take(address[0]):
            line.close()
            return
        line.setblocking(False)
        greeted = loop.create_task(self._greet(line, address[0]))
        self._greeted.add(greeted)
        greeted.add_done_callback(self._greeted.discard)

    async def _greet(self, line: socket.socket, source: str) -> None:
        loop = asyncio.get_running_loop()
        limit_s = HANDSHAKE_S if self._tls is not None else None

        def protocol() -> H11Protocol:
            return _Line(self.config, self.server_state, {}, gone=lambda: self._lines.give_back(source))

        try:
            await loop.connect_accepted_socket(protocol, line, ssl=self._tls, ssl_handshake_timeout=limit_s)
        except OSError:  # of TLS, too: plain HTTP, a phone that does not believe the certificate, or a port scan
            line.close()
            self._lines.give_back(source)
        except asyncio.CancelledError:  # the server ends
            line.close()
            raise


class _Line(H11Protocol):
    """One connection. `gone` is called when it is over."""

    def __init__(self, *parts: Any, gone: Callable[[], None], **more: Any) -> None:
        super().__init__(*parts, **more)
        self._gone = gone
        self._silence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Else a box that is asked at "::" would know neither its own addresses nor this machine's programs.
        self.server, self.client = _as_ipv4(self.server), _as_ipv4(self.client)
        self._listen()

    def data_received(self, data: bytes) -> None:
        """Who is in the middle of a request has the time of a first word for the rest, and anew with each PIECE."""
        super().data_received(data)
        cycle = self.cycle
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            self._stop_listening()  # it is ours to speak now
        elif self._silence is None or len(data) >= PIECE:
            self._listen()

    def break_off(self) -> None:
        """An answer that has begun, as of a page that is live, ends as if its browser had left: that is no fault."""
        cycle = self.cycle
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_listening()
        super().connection_lost(exc)
        self._gone()

    def _listen(self) -> None:
        self._stop_listening()
        self._silence = asyncio.get_running_loop().call_later(FIRST_WORD_S, self.transport.close)

    def _stop_listening(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None


def _as_ipv4(address: tuple[str, _Port] | None) -> tuple[str, _Port] | None:
    return (address[0].removeprefix(_MAPPED), address[1]) if address is not None else None
