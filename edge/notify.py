"""Telling systemd: ready, alive, stopping (sd_notify). Without systemd nothing is sent."""

from __future__ import annotations

import os
import socket

from edge.clock import Clock, SystemClock


class Notifier:
    """`alive` may be called as often as one likes; it sends at half of the watchdog's time."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        self._every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 2_000_000
        self._next_mono = 0.0

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self) -> None:
        now = self._clock.mono()
        if self._every_s and now >= self._next_mono:
            self._next_mono = now + self._every_s
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, state: str) -> None:
        if not self._address:
            return
        # A leading @ names an abstract socket, whose first octet is zero.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(address)
            sender.send(state.encode())
