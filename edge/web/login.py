"""Who may see the technician's page: one PIN, Argon2id, a ladder of delays, sessions in memory (contract C34–C37)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from edge.clock import Clock

FREE_TRIES = 5
FIRST_DELAY_S = 1.0
LAST_DELAY_S = 900.0
IDLE_S = 900.0
ABSOLUTE_S = 43_200.0
MAX_SESSIONS = 20
"""One technician has one phone; twenty is a fault of theirs or an attack."""


def hash_pin(pin: str) -> str:
    """Argon2id with 19 MiB, two passes (C34). Imported late: its memory is needed for this moment only."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(pin)


def matches(hashed: str, pin: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False


class Gate:
    """Checks PINs and keeps sessions; used by the page's threads."""

    def __init__(self, clock: Clock, account: Callable[[], str | None]) -> None:
        self._clock = clock
        self._account = account
        self._trying = threading.Lock()
        """One PIN at a time: a check takes 40 ms and 19 MiB, and pages of others must not wait for it."""
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0
        self._sessions: dict[str, tuple[float, float]] = {}
        """Token → (begun, last used), monotonic."""

    def enter(self, pin: str) -> str | None:
        """A new session's token, or None. While the ladder holds the gate closed, a right PIN is refused too."""
        with self._trying:
            now = self._clock.mono()
            if now < self._closed_until:
                return None
            hashed = self._account()
            if hashed is None or not matches(hashed, pin):
                self._failures += 1
                if self._failures >= FREE_TRIES:
                    delay = FIRST_DELAY_S * 2.0 ** min(self._failures - FREE_TRIES, 20)
                    self._closed_until = now + min(delay, LAST_DELAY_S)
                return None
            self._failures = 0
            return self._begin(now)

    def _begin(self, now: float) -> str:
        with self._lock:
            while len(self._sessions) >= MAX_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            token = secrets.token_urlsafe(16)
            self._sessions[token] = (now, now)
            return token

    def wait_s(self) -> int:
        """How long the ladder still holds the gate closed."""
        return max(0, round(self._closed_until - self._clock.mono()))

    def admits(self, token: str | None) -> bool:
        with self._lock:
            begun, used = self._sessions.get(token or "", (0.0, 0.0))
            now = self._clock.mono()
            if not begun or now - used > IDLE_S or now - begun > ABSOLUTE_S:
                self._sessions.pop(token or "", None)
                return False
            self._sessions[token or ""] = (begun, now)
            return True

    def leave(self, token: str | None) -> None:
        with self._lock:
            self._sessions.pop(token or "", None)
