"""Who works at this cloud, what each may do, and what each did: nothing is written without a line in the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NoReturn

from edge.clock import Clock, SystemClock, iso_ms
from edge.errors import Denied, SettingsError
from edge.reference_cloud.one_line import one_line
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.registry import STORE, Registry
from edge.reference_cloud.rights import ROLES, Right, Role
from edge.reference_cloud.store import CloudStore, existing

NAME = "[a-z][a-z0-9._-]{0,31}"
NOBODY = "cli"
"""Who it was while the cloud has no operators yet."""
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True, slots=True)
class Operator:
    """`store`: the only shop that it may command; "" for all."""

    name: str
    role: Role
    store: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    at: str
    who: str
    what: str
    tid: str
    outcome: str


class Operators:
    """Writes within the store's open transaction."""

    def __init__(self, store: CloudStore) -> None:
        self._store = store

    def everybody(self) -> list[Operator]:
        found = self._store.rows("SELECT name, role, store FROM operator ORDER BY name")
        return [Operator(name, Role(role), store) for name, role, store in found]

    def acting(self, name: str | None) -> Operator:
        """Who this is. None: the only one there is. Raises SettingsError."""
        known = {operator.name: operator for operator in self.everybody()}
        if name is None and len(known) <= 1:
            return next(iter(known.values()), Operator(NOBODY, Role.FLEET))
        names = ", ".join(known) or f"nobody yet; {NOBODY} may do it"
        if name is None:
            raise SettingsError("who is it?", where="--as", expected=names)
        if name not in known:
            raise SettingsError("there is no such operator", where="--as", expected=names, got=name[:40])
        return known[name]

    def put(self, operator: Operator) -> None:
        """Raises SettingsError for one that this cloud could not work with."""
        if not re.fullmatch(NAME, operator.name) or operator.name == NOBODY:
            raise SettingsError("this is no name", where="NAME", expected=f"{NAME}, such as ann, and not {NOBODY}",
                                got=operator.name[:40])  # fmt: skip
        if operator.store and not re.fullmatch(STORE, operator.store):
            raise SettingsError("this is no store", where="--store", expected=STORE, got=operator.store[:40])
        self._keep_the_fleet([*(one for one in self.everybody() if one.name != operator.name), operator])
        self._store.run("INSERT OR REPLACE INTO operator VALUES(?, ?, ?)",
                        (operator.name, operator.role.value, operator.store))  # fmt: skip

    def remove(self, name: str) -> None:
        self.acting(name)
        rest = [one for one in self.everybody() if one.name != name]
        if rest:
            self._keep_the_fleet(rest)
        self._store.run("DELETE FROM operator WHERE name = ?", (name,))

    def _keep_the_fleet(self, operators: list[Operator]) -> None:
        if not any(one.role is Role.FLEET and not one.store for one in operators):
            raise SettingsError(
                "somebody must be left who may do everything", where="--role",
                expected="an operator with --role fleet and without --store", cure="Enter that one first.",
            )  # fmt: skip


class Audit:
    """What was done or refused, by whom; rows are only ever added."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(self, who: str, what: str, tid: str, outcome: str) -> None:
        self._store.run(
            "INSERT INTO audit(at, who, what, tid, outcome) VALUES(?, ?, ?, ?, ?)",
            (iso_ms(self._clock.wall()), who, one_line(what), one_line(tid), outcome),
        )

    def rows(self, *, tid: str | None = None, who: str | None = None, newest: int) -> list[AuditRow]:
        """The newest, in the order in which they were written."""
        found = self._store.rows(
            "SELECT at, who, what, tid, outcome FROM audit WHERE (?1 IS NULL OR tid = ?1) AND (?2 IS NULL OR who = ?2)"
            " ORDER BY n DESC LIMIT ?3", (tid, who, newest),
        )  # fmt: skip
        return [AuditRow(*row) for row in reversed(found)]


class Desk:
    """Somebody at the cloud's file: first `allow`, then the work, then `commit`, which writes both down together."""

    def __init__(self, store: CloudStore, clock: Clock, chance: Random, operator: Operator) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self.orders = Orders(store, clock, chance)
        self.operators = Operators(store)
        self.operator = operator
        self.audit = Audit(store, clock)
        self._allowed: list[tuple[str, str]] = []

    @property
    def by(self) -> str:
        """Who gives a command, as its terminal journals it."""
        return f"user:{self.operator.name}"

    def allow(self, right: Right, what: str, tid: str = "") -> None:
        """Raises Denied, which is in the audit then. `tid` "": it is about no single terminal."""
        why = self._why_not(right, tid)
        if why:
            self._deny(what, tid, why)
        self._allowed.append((what, tid))

    def second(self, first: str, what: str, tid: str = "") -> None:
        """Whoever said the first yes (`by`) must be another, and still work here. Raises Denied."""
        names = {f"user:{one.name}" for one in self.operators.everybody()}
        if first == self.by:
            self._deny(what, tid, "somebody else than who proposed it")
        if first not in names:
            self._deny(what, tid, f"a proposal of somebody who still works here, not of {first}")

    def commit(self, more: str = "") -> None:
        """`more`: what came of it, such as a cid."""
        for what, tid in self._allowed:
            self.audit.note(self.operator.name, f"{what} {more}".strip(), tid, DONE)
        self._allowed = []
        self.store.commit()

    def _deny(self, what: str, tid: str, expected: str) -> NoReturn:
        self.store.rollback()
        self._allowed = []
        self.audit.note(self.operator.name, what, tid, f"{REFUSED}: it takes {expected}")
        self.store.commit()
        raise Denied(
            f"{self.operator.name} may not: {what}", where="--as", expected=expected, got=self.operator.role.value,
            cure="It is in the audit.",
        )  # fmt: skip

    def _why_not(self, right: Right, tid: str) -> str:
        if self.operator.role not in ROLES[right]:
            return " or ".join(role.value for role in Role if role in ROLES[right])
        if self.operator.store and self.operator.store != self._store_of(tid):
            return f"somebody of its own store, not of {self.operator.store}"
        return ""

    def _store_of(self, tid: str) -> str:
        terminal = Registry(self.store, self.clock).terminal(tid) if tid else None
        return terminal.store if terminal is not None else ""


@contextmanager
def desk_at(path: Path, name: str | None) -> Iterator[Desk]:
    """For a command line. What is not committed when it is left did not happen. Raises SettingsError."""
    with existing(path) as store:
        store.begin()
        yield Desk(store, SystemClock(), Random(), Operators(store).acting(name))
