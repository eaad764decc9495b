"""One thread owns all state: everything else may only post here. One message is one transaction."""

from __future__ import annotations

import heapq
import itertools
import logging
import queue
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Protocol

from edge.clock import Clock
from edge.errors import DiskFull, EdgeError, StoreError
from edge.messages import MessageFailed, Nudge
from edge.ports import Transaction

MAX_POSTED = 10_000
"""Messages waiting. A flood of scans fills it last: then the posting device thread waits, nothing is dropped."""
MAX_CHAIN = 10_000
"""Messages that handlers post to themselves without anything from outside; more is a loop of ours."""

_log = logging.getLogger("edge.bus")

Handler = Callable[[Any, Transaction], object]
Sink = Callable[[Any], None]


class LedgerTransaction(Transaction, Protocol):
    """A transaction as the bus drives it."""

    @property
    def effects(self) -> list[object]: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...


class Ledger(Protocol):
    def begin(self, on_record: Callable[[Any, Transaction], None]) -> LedgerTransaction: ...


class Bus:
    """`on` and `route` are called while the terminal is built, `post` from any thread, the rest by the dispatcher.

    `leaving` hears of each effect just before it leaves: the simulation looks whether its commit came first.
    """

    def __init__(self, ledger: Ledger, clock: Clock, leaving: Sink | None = None) -> None:
        self._ledger = ledger
        self._clock = clock
        self._leaving = leaving
        self._handlers: dict[type, list[Handler]] = defaultdict(list)
        self._last: dict[type, Handler] = {}
        self._sinks: dict[type, list[Sink]] = defaultdict(list)
        self._posted: queue.Queue[object] = queue.Queue(MAX_POSTED)
        self._own: deque[object] = deque()
        self._timers: list[tuple[float, int, object]] = []
        self._order = itertools.count()
        self._dispatcher: int | None = None
        self.handled = 0

    def on(self, kind: type, handler: Handler) -> None:
        """Call `handler(message, tx)` for each message or journal record of this type, in the order of these calls."""
        self._handlers[kind].append(handler)

    def unanswered(self, kind: type, handler: Handler) -> None:
        """Call `handler` after all others of this type, and only where none of them left an effect."""
        self._last[kind] = handler

    def route(self, kind: type, sink: Sink) -> None:
        """Hand each committed effect of this type to `sink`, which must neither block nor raise."""
        self._sinks[kind].append(sink)

    def post(self, message: object) -> None:
        """From any thread. Waits while MAX_POSTED messages are waiting; the dispatcher itself never does."""
        if threading.get_ident() != self._dispatcher:
            self._posted.put(message)
            return
        try:
            self._posted.put_nowait(message)
        except queue.Full:
            self._own.append(message)  # nobody but this thread could make room

    def at(self, mono: float, message: object) -> None:
        """Handle `message` once the monotonic clock reaches `mono`. The only timer; dispatcher only."""
        heapq.heappush(self._timers, (mono, next(self._order), message))

    def after(self, seconds: float, message: object) -> None:
        """Handle `message` in `seconds` from now."""
        self.at(self._clock.mono() + seconds, message)

    def next_due(self) -> float | None:
        """When the next timer is due; the dispatcher may sleep until then if nothing is posted."""
        if self._own:
            return self._clock.mono()
        return self._timers[0][0] if self._timers else None

    def run_once(self, wait_s: float = 0.0) -> bool:
        """Handle one message, waiting at most `wait_s` for it; False when there was none.

        Raises StoreError when a commit's outcome is not known: the process must end and read the disk again.
        """
        self._dispatcher = threading.get_ident()
        message = self._next(wait_s)
        if message is None:
            return False
        self._handle(message)
        self.handled += 1
        return True

    def run_pending(self) -> None:
        """Handle what is there and what follows from it, timers of the future excepted."""
        for _ in range(MAX_CHAIN):
            if not self.run_once():
                return
        raise EdgeError("handlers post to themselves without end", where="bus", got=f"{MAX_CHAIN} messages")

    def _next(self, wait_s: float) -> object | None:
        if self._own:
            return self._own.popleft()
        if self._timers and self._timers[0][0] <= self._clock.mono():
            return heapq.heappop(self._timers)[2]
        try:
            if wait_s > 0:
                return self._posted.get(timeout=wait_s)
            # Only the dispatcher takes from it: what is there stays there. Mostly nothing is.
            return None if self._posted.empty() else self._posted.get_nowait()
        except queue.Empty:
            return None

    def _handle(self, message: object) -> None:
        handlers, last = self._handlers.get(type(message), ()), self._last.get(type(message))
        if not handlers and last is None:
            return
        tx = self._ledger.begin(self._record)
        try:
            for handler in handlers:
                handler(message, tx)
            if last is not None and not tx.effects:
                last(message, tx)
            tx.commit()
        except Exception as error:
            tx.rollback()
            if isinstance(error, StoreError) and not isinstance(error, DiskFull):
                raise
            if isinstance(message, MessageFailed):
                if not isinstance(error, DiskFull):
                    raise
                _log.error("no room even to tell of a failure: %s", error)
                return
            self._own.append(MessageFailed(message, error))
            return
        for effect in tx.effects:
            self._deliver(effect)

    def _record(self, record: object, tx: Transaction) -> None:
        for handler in self._handlers.get(type(record), ()):
            handler(record, tx)

    def _deliver(self, effect: object) -> None:
        kind = type(effect)
        if self._leaving is not None:
            self._leaving(effect)
        for sink in self._sinks.get(kind, ()):
            sink(effect)
        heard = self._handlers.get(kind) or kind in self._last
        if heard and not (isinstance(effect, Nudge) and effect in self._own):
            self._own.append(effect)
