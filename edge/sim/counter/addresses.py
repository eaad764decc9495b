"""Ports of this machine that the demo needs: free ones, and two that people know by heart."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from edge.clock import Clock
from edge.errors import SettingsError

LOOPBACK = "127.0.0.1"
LOOK_AGAIN_S = 0.02


def free_port() -> int:
    """One that nobody has now. Between now and its use somebody may take it: then its user says so."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


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
