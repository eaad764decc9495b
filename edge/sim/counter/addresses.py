"""Ports of this machine that the demo needs: free ones, and two that people know by heart."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from random import SystemRandom

from edge.clock import Clock
from edge.errors import SettingsError

LOOPBACK = "127.0.0.1"
LOOK_AGAIN_S = 0.02
OURS = range(20_000, 32_768)
TRIES = 100


def free_port() -> int:
    """One that nobody has now, below those that the kernel gives to outgoing connections: they come and go."""
    for port in SystemRandom().sample(OURS, TRIES):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise SettingsError("no port of this machine is free", expected=f"one of {OURS.start} to {OURS.stop - 1}")


def claim(port: int, *, what: str, option: str) -> None:
    """Raises SettingsError, one line that names the port, when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise SettingsError(
                f"port {port} is taken", where=what, cure=f"Stop the other program, or choose another by {option}."
            ) from error


def is_listening(port: int, *, clock: Clock, timeout_s: float, still: Callable[[], bool]) -> bool:
    """Wait until somebody listens there; False when nobody does in time, or as soon as there is `still` no hope."""
    deadline, pause = clock.mono() + timeout_s, threading.Event()
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout_s).close()
        except OSError:
            if clock.mono() >= deadline or not still():
                return False
            pause.wait(LOOK_AGAIN_S)
        else:
            return True
