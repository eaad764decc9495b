"""The counter page as a browser uses it, with the real device models on real ptys and sockets, without a terminal."""

from __future__ import annotations

import json
import os
import select
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.clock import SystemClock
from edge.sim.counter.server import PageServer
from edge.sim.counter.shop import Plan, Shop

PATIENCE_S = 5.0


class Counter:
    """The page as a browser uses it."""

    def __init__(self, shop: Shop, page: PageServer) -> None:
        self.shop = shop
        self._page = page

    @property
    def url(self) -> str:
        return self._page.url

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self._page.url + path, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def post(self, path: str, body: object, *, kind: str = "application/json", host: str = "") -> tuple[int, str]:
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": kind} | ({"Host": host} if host else {})
        request = urllib.request.Request(self._page.url + path, octets, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("state"))
        return found

    def until(self, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first state for which it holds, as the page would draw it."""
        clock = SystemClock()
        deadline = clock.mono() + PATIENCE_S
        with urllib.request.urlopen(self._page.url + "events", timeout=PATIENCE_S) as events:
            while clock.mono() < deadline:
                line = events.readline()
                if line.startswith(b"data: ") and len(line) > 10 and holds(state := json.loads(line[6:])):
                    return dict(state)
        raise AssertionError("the page never showed it")


@contextmanager
def open_counter(folder: Path) -> Iterator[Counter]:
    shop = Shop(Plan(folder=folder, web_port=1), SystemClock(), lambda line: None)
    page = PageServer(shop, 0)
    shop.open_folder()
    shop.open_devices()
    page.start()
    try:
        yield Counter(shop, page)
    finally:
        page.stop()
        shop.close()


def read_serial(path: Path, count: int) -> bytes:
    """What the terminal would read on that pty."""
    descriptor, received = os.open(path, os.O_RDWR | os.O_NOCTTY), b""
    try:
        while len(received) < count:
            ready, _, _ = select.select([descriptor], [], [], PATIENCE_S)
            assert ready, f"only {received!r} came"
            received += os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
    return received
