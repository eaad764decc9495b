"""Commands that the page gives to the dispatcher, and the wait for what it answers (decisions 2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from edge.messages import PageAnswer, PageOrder

PATIENCE_S = 5.0
"""A person waits so long for a button; what takes longer goes on, and its page tells of it."""
MAX_WAITING = 20
"""Threads that wait here; the web server has forty, and the pages are drawn by the others."""
CROWDED: Mapping[str, Any] = {
    "state": "rejected", "err": {"code": "cmd.busy", "msg": f"{MAX_WAITING} buttons wait already; it was not begun"},
}  # fmt: skip
LONG = frozenset({"setup.check"})
"""Half a minute: that it was begun is answer enough, and its page tells how it goes."""
FINAL = frozenset({"done", "failed", "rejected", "expired"})


class Orders:
    """`post` puts a message on the bus. `order` is called by the page's threads, `answered` by the dispatcher."""

    def __init__(self, post: Callable[[object], None], patience_s: float = PATIENCE_S) -> None:
        self._post = post
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._waiting: dict[str, list[_Wait]] = {}

    def order(self, order: PageOrder) -> Mapping[str, Any] | None:
        """The answer as `up/res` has it: the last one, or the newest within the patience. None: there was none."""
        wait = _Wait(is_long=order.type in LONG)
        with self._lock:
            if sum(map(len, self._waiting.values())) >= MAX_WAITING:
                return CROWDED
            self._waiting.setdefault(order.cid, []).append(wait)
        self._post(order)
        wait.over.wait(self._patience_s)
        with self._lock:
            left = [one for one in self._waiting.pop(order.cid, []) if one is not wait]
            if left:
                self._waiting[order.cid] = left
        return wait.newest

    def answered(self, answer: PageAnswer) -> None:
        with self._lock:
            for wait in self._waiting.get(answer.cid, ()):
                wait.newest = answer.result
                if wait.is_long or answer.result["state"] in FINAL:
                    wait.over.set()


class _Wait:
    def __init__(self, *, is_long: bool) -> None:
        self.is_long = is_long
        self.over = threading.Event()
        self.newest: Mapping[str, Any] | None = None
