"""Who may enter the page: accounts, Argon2id, a ladder of delays, sessions in memory (contract C34–C37)."""

from __future__ import annotations

import math
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from edge.clock import Clock
from edge.model.account import Account, Role
from edge.model.set_up_slip import read_pin
from edge.web.site import Notice

FREE_TRIES = 5
FIRST_DELAY_S = 1.0
LAST_DELAY_S = 900.0
MAX_FAILURES_AN_HOUR = 60
"""Of all sources together (contract C35): whoever has many addresses is not quicker by them."""
HOUR_S = 3_600.0
MAX_SOURCES = 256
"""Each has its ladder; the one that was quiet for longest goes. The limit an hour holds for all."""
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


@dataclass(slots=True)
class Session:
    """One browser that has logged in. `csrf` stands in each of its forms; `notice` is shown once, by the next page."""

    token: str
    account: Role
    hash: str
    """The password's by which it came in: once the account has another one, the session is over."""
    csrf: str
    begun: float
    used: float
    printed: bool
    """It came in by a printed PIN: it may do nothing but choose a password (C33)."""
    notice: Notice | None = None
    refused: tuple[str, str] = ("", "")
    """The newest form that was refused: its own address, at which the answer stands, and the page's that it was on."""

    def take_notice(self) -> Notice | None:
        notice, self.notice = self.notice, None
        return notice

    def is_own(self, csrf: str) -> bool:
        """Whether a form is of this session, found out in the same time whatever it says."""
        return secrets.compare_digest(csrf.encode(), self.csrf.encode())


@dataclass(slots=True)
class Ladder:
    failures: int = 0
    closed_until: float = 0.0


@dataclass(slots=True)
class _Ways:
    """Failed tries: of each source, and the moments of all within the last hour."""

    ladders: OrderedDict[str, Ladder] = field(default_factory=OrderedDict)
    hour: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_FAILURES_AN_HOUR))


class Gate:
    """Checks passwords and keeps sessions; used by the page's threads.

    `account` finds one by its name; `refused` hears of each wrong try, with the source it came from.
    """

    def __init__(
        self, clock: Clock, account: Callable[[str], Account | None], refused: Callable[[str | None, str], None],
        sessions: Iterable[Session] = (),
    ) -> None:  # fmt: skip
        self._clock = clock
        self._account = account
        self._refused = refused
        self._trying = threading.Lock()
        """One password at a time: a check takes 40 ms and 19 MiB, and pages of others must not wait for it."""
        self._lock = threading.Lock()
        self._ways = _Ways()
        self._sessions: dict[str, Session] = {one.token: one for one in sessions}
        self._reset: deque[str] = deque(maxlen=MAX_SESSIONS)
        """Tokens of sessions that a newly printed PIN has ended."""
        self._nobody = ""
        """The hash that is checked where there is no such account."""

    def enter(self, name: str, password: str, source: str) -> str | None:
        """A new session's token, or None. While a ladder holds the gate closed, a right password is refused too."""
        with self._trying:
            if self.wait_s(source):
                return None
            account = self._account(name)
            if account is None:
                # It takes as long as a wrong password, so that nobody learns which accounts there are (C35).
                self._nobody = self._nobody or hash_pin(secrets.token_hex())
            hashed = account.hash if account is not None else self._nobody
            right = matches(hashed, read_pin(password) if account is not None and account.printed else password)
            if account is None or not right:
                self._failed(source)
                self._refused(name if account is not None else None, source)
                return None
            with self._lock:
                self._ways.ladders.pop(source, None)
            return self._begin(account)

    def _failed(self, source: str) -> None:
        now = self._clock.mono()
        with self._lock:
            self._ways.hour.append(now)
            ladder = self._ways.ladders.setdefault(source, Ladder())
            self._ways.ladders.move_to_end(source)
            while len(self._ways.ladders) > MAX_SOURCES:
                self._ways.ladders.popitem(last=False)
            ladder.failures += 1
            if ladder.failures >= FREE_TRIES:
                delay = FIRST_DELAY_S * 2.0 ** min(ladder.failures - FREE_TRIES, 20)
                ladder.closed_until = now + min(delay, LAST_DELAY_S)

    def _begin(self, account: Account) -> str:
        now = self._clock.mono()
        with self._lock:
            while len(self._sessions) >= MAX_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            token = secrets.token_urlsafe(16)
            csrf = secrets.token_urlsafe(16)
            self._sessions[token] = Session(token, account.role, account.hash, csrf, now, now, account.printed)
            return token

    def accounts(self) -> list[Role]:
        """Those that somebody can log in with; before the first PIN is printed, the one that it will be of."""
        return [role for role in Role if role is Role.TECHNICIAN or self._account(role) is not None]

    def living(self) -> Sequence[Session]:
        """For the next life of this process."""
        with self._lock:
            return [one for token in list(self._sessions) if (one := self._alive(token)) is not None]

    def wait_s(self, source: str) -> int:
        """How long the gate is still closed for who comes from there, in whole seconds; 0: it is open."""
        now = self._clock.mono()
        with self._lock:
            ladder = self._ways.ladders.get(source)
            until = ladder.closed_until if ladder is not None else 0.0
            if len(self._ways.hour) == MAX_FAILURES_AN_HOUR:
                until = max(until, self._ways.hour[0] + HOUR_S)
        return max(0, math.ceil(until - now))

    def session(self, token: str | None) -> Session | None:
        """The session of a cookie, if it lives; asking is using."""
        with self._lock:
            found = self._alive(token or "")
            if found is not None:
                found.used = self._clock.mono()
            return found

    def lives(self, token: str | None) -> bool:
        """Whether it lives and may look on, without using it: of a page that shows what is live, and nobody reads."""
        with self._lock:
            found = self._alive(token or "")
            return found is not None and not found.printed

    def _alive(self, token: str) -> Session | None:
        found, now = self._sessions.get(token), self._clock.mono()
        if found is None:
            return None
        account = self._account(found.account)
        is_same = account is not None and account.hash == found.hash
        if is_same and now - found.used <= IDLE_S and now - found.begun <= ABSOLUTE_S:
            return found
        self._sessions.pop(token)
        if account is not None and account.printed and not is_same:
            self._reset.append(token)
        return None

    def was_reset(self, token: str | None) -> bool:
        """Whether this browser is logged out since a new PIN was printed for its account."""
        with self._lock:
            return token in self._reset

    def leave(self, token: str | None) -> None:
        with self._lock:
            self._sessions.pop(token or "", None)

    def sessions(self, name: Role) -> int:
        """How many browsers are logged in with this account."""
        with self._lock:
            return sum(self._alive(token) is not None for token in self._of(name))

    def end_others(self, name: Role, token: str) -> None:
        """All browsers of this account are logged out, but the one with this token."""
        with self._lock:
            for other in self._of(name):
                if other != token:
                    self._sessions.pop(other)

    def _of(self, name: Role) -> list[str]:
        return [token for token, found in self._sessions.items() if found.account is name]

    def is_printed(self, name: Role, password: str) -> bool:
        """Whether this is the PIN that stands on paper: it must not be kept (contract C33)."""
        account = self._account(name)
        with self._trying:
            return account is not None and account.printed and matches(account.hash, read_pin(password))

    def hashed(self, password: str) -> str:
        """One at a time, as each takes 19 MiB."""
        with self._trying:
            return hash_pin(password)

    def hash_of(self, token: str) -> str:
        """Of the password by which a session came in; empty for one that is over."""
        with self._lock:
            found = self._sessions.get(token)
            return found.hash if found is not None else ""

    def chosen(self, token: str) -> None:
        """The session that chose the account's password lives on, and may do all; the account's others are over."""
        with self._lock:
            found = self._sessions.get(token)
            account = self._account(found.account) if found is not None else None
            if found is not None and account is not None:
                found.hash, found.printed = account.hash, account.printed
