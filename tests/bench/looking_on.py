"""Twenty browsers look at the live page while goods are scanned; and how long each page takes when nothing is kept."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from bench.counterside import Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.clock import SystemClock
from edge.store.documents import Documents
from edge.web.feed import MAX_VIEWERS
from edge.web.login import hash_pin

PASSWORD = "laoban-2026"
ROUNDS, SALES, READS = 12, 12, 20
NOBODY, TWENTY = "nobody looks on", "20 look on"
HOST, LIMIT_S = "127.0.0.1", 10.0


class Reader:
    """A browser's cookie, without a browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""

    def ask(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        """The body is the caller's to read."""
        line = http.client.HTTPConnection(HOST, self.port, timeout=LIMIT_S)
        line.request(method, path, body, {"Cookie": self.cookie} if self.cookie else {})
        return line.getresponse()

    def log_in(self) -> None:
        answer = self.ask("POST", "/api/login", json.dumps({"account": "technician", "password": PASSWORD}))
        assert answer.status == 200, answer.read()
        self.cookie = str(answer.headers["Set-Cookie"]).split(";")[0]

    def paths(self) -> Sequence[str]:
        answer = self.ask("GET", "/api/openapi.json")
        described = json.loads(answer.read())["paths"]
        return [path for path, operations in described.items() if "get" in operations]

    def seconds(self, path: str) -> float:
        begun = perf_counter()
        answer = self.ask("GET", path)
        answer.read()
        assert answer.status == 200, path
        return perf_counter() - begun


def run(site: Site) -> Iterator[Row]:
    with counter_in(site.room("looking-on"), cloud=False) as side:
        give_account(side)
        side.shop.terminal.start()
        reader = Reader(int(side.shop.page_url.rpartition(":")[2]))
        reader.log_in()
        side.sell(3)
        scans: dict[str, list[float]] = {NOBODY: [], TWENTY: []}
        for _ in range(ROUNDS):
            scans[NOBODY] += side.sell(SALES)[0]
            with viewers(reader) as seen:
                scans[TWENTY] += side.sell(SALES)[0]
            assert min(seen) > SALES, f"each of them saw what happened: {seen}"
        yield from against(scans)
        yield from pages(reader)


def give_account(side: Counterside) -> None:
    folder = side.shop.folder / "data" / "documents"
    documents, _ = Documents.open(folder, at=SystemClock().wall())
    accounts = documents.collection("accounts")
    accounts.put("technician", {"hash": hash_pin(PASSWORD), "made_at": "2026-11-27T00:00:00.000Z", "own": True})


@contextmanager
def viewers(reader: Reader) -> Iterator[list[int]]:
    """As many as may look on; yields how many happenings each has seen, once they are gone again."""
    seen = [0] * MAX_VIEWERS
    lines = [socket.create_connection((HOST, reader.port)) for _ in seen]

    def look(number: int) -> None:
        while octets := lines[number].recv(65536):
            seen[number] += octets.count(b"event:")

    threads = [threading.Thread(target=look, args=(number,)) for number in range(len(lines))]
    for line, thread in zip(lines, threads, strict=True):
        line.sendall(f"GET /events HTTP/1.1\r\nHost: {HOST}\r\nCookie: {reader.cookie}\r\n\r\n".encode())
        thread.start()
    yield seen
    for line, thread in zip(lines, threads, strict=True):
        line.shutdown(socket.SHUT_RDWR)
        thread.join()
        line.close()


def against(scans: dict[str, list[float]]) -> Iterator[Row]:
    for percent in (50, 99):
        yield Row(
            f"scan → display, p{percent}, {TWENTY}", milliseconds(percentile(scans[TWENTY], percent)),
            milliseconds(percentile(scans[NOBODY], percent)), Budget("the page", "≤", 1.5),
            f"{len(scans[TWENTY])} scans, in turns with {NOBODY}",
        )  # fmt: skip


def pages(reader: Reader) -> Iterator[Row]:
    """Each view as JSON and as a page; the slowest is told."""
    slowest, p99 = "", 0.0
    taken: list[float] = []
    for path in reader.paths():
        page = path.removeprefix("/api").replace("/overview", "/")
        for one in dict.fromkeys((path, page)):
            times = [reader.seconds(one) for _ in range(READS)]
            taken += times
            if percentile(times, 99) > p99:
                slowest, p99 = one, percentile(times, 99)
    yield Row("a page, p50 of all", milliseconds(middle(taken)), None, None, f"{len(taken)} reads")
    yield Row("the slowest page, p99", milliseconds(p99), None, Budget("the page", "≤", 300.0, "product"), slowest)
