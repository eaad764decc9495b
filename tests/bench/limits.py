"""What this machine can do at best: fdatasync, SQLite with and without safety, paho to mosquitto."""

from __future__ import annotations

import os
import select
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter, thread_time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.figures import Figure, Row, middle, milliseconds, percentile
from bench.site import Site, broker_in

BLOCK = b"\0" * 4096
ROW = "x" * 600
SPELL_S = 1.0
"""How long one measurement lasts: hundreds of commits on any disk, thousands on a good one."""
ROUNDS = 3
MESSAGES = 20_000
WINDOW = 20
PATIENCE_S = 30.0


def run(site: Site) -> Iterator[Row]:
    """The figures that everything else is a share of."""
    room = site.room("limits")
    waits = fdatasyncs(room / "appended", SPELL_S)
    site.keep("commits", "fdatasync", [len(waits) / sum(waits)])
    longer = "each makes the file longer, which a write-ahead log seldom does"
    yield limit("fdatasync of a 4 KiB append", Figure(len(waits) / sum(waits), "/s"), longer)
    yield limit("the same, p50", milliseconds(middle(waits)))
    yield limit("the same, p99", milliseconds(percentile(waits, 99)))
    for rows in (1, 10, 100):
        waits, name = commits(room / f"full-{rows}.db", SPELL_S, rows=rows), f"{rows} row{'s'[: rows - 1]}"
        site.keep("commits", f"SQLite FULL, {name}", [len(waits) / sum(waits)])
        p99 = f"p99 {milliseconds(percentile(waits, 99))}"
        yield limit(f"SQLite WAL, FULL, {name} of 600 B a commit", Figure(len(waits) / sum(waits), "/s"), p99)
    waits = commits(room / "normal.db", SPELL_S, rows=1, synchronous="NORMAL")
    yield limit("the same, NORMAL, 1 row: what safety costs", Figure(len(waits) / sum(waits), "/s"))
    rate, cpu_us = messages(room)
    cost = f"{cpu_us:.0f} µs CPU a message"
    yield limit(f"paho QoS 1 to mosquitto, 600 B, window {WINDOW}", Figure(rate, "messages/s"), cost)


def limit(what: str, found: Figure, remark: str = "") -> Row:
    """A row without a product."""
    return Row(what, Figure(None), found, None, remark)


def fdatasyncs(path: Path, spell_s: float) -> list[float]:
    """Seconds of each write + fdatasync, one after the other."""
    waits = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        end = perf_counter() + spell_s
        while (begun := perf_counter()) < end:
            os.write(file, BLOCK)
            os.fdatasync(file)
            waits.append(perf_counter() - begun)
    finally:
        os.close(file)
    return waits


def commits(path: Path, spell_s: float, *, rows: int, synchronous: str = "FULL") -> list[float]:
    """Seconds of each transaction of so many inserts, in a table with nothing but its key."""
    waits = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};")
        connection.execute("CREATE TABLE IF NOT EXISTS plain(n INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        end = perf_counter() + spell_s
        while (begun := perf_counter()) < end:
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(rows):
                connection.execute("INSERT INTO plain(body) VALUES (?)", (ROW,))
            connection.execute("COMMIT")
            waits.append(perf_counter() - begun)
    return waits


def messages(room: Path) -> tuple[float, float]:
    """(messages a second, µs CPU a message): the middle of some rounds."""
    with broker_in(room) as broker:
        rounds = [PahoLoad(broker.port).run() for _ in range(ROUNDS)]
    return middle([rate for rate, _ in rounds]), middle([cpu_us for _, cpu_us in rounds])


class PahoLoad:
    """One paho client that keeps `WINDOW` messages on their way; nobody subscribes, so the broker has little to do."""

    def __init__(self, port: int) -> None:
        self._acknowledged = 0
        self._sent = 0
        self._connected = False
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.max_inflight_messages_set(WINDOW)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", port)

    def run(self) -> tuple[float, float]:
        while not self._connected:
            self._turn()
        begun, cpu_begun = perf_counter(), thread_time()
        for _ in range(WINDOW):
            self._send()
        while self._acknowledged < MESSAGES:
            self._turn()
        took, cpu = perf_counter() - begun, thread_time() - cpu_begun
        self._client.disconnect()
        return MESSAGES / took, cpu / MESSAGES * 1e6

    def _send(self) -> None:
        if self._sent < MESSAGES:
            self._sent += 1
            self._client.publish("bench/load", ROW, qos=1)

    def _turn(self) -> None:
        sock = self._client.socket()
        assert sock is not None
        readable, writable, _ = select.select([sock], [sock] if self._client.want_write() else [], [], PATIENCE_S)
        assert readable or writable, "the broker fell silent"
        if readable:
            self._client.loop_read()
        if writable:
            self._client.loop_write()

    def _on_connect(self, *_: object) -> None:
        self._connected = True

    def _on_publish(self, *_: object) -> None:
        self._acknowledged += 1
        self._send()
