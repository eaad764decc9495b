"""Whether a cloud holds each event that a fleet made, exactly once. Any cloud: it only has to say what it holds."""

from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge.errors import SettingsError

NAMED = 5
"""Of what is wrong so many are named; the rest is counted."""

_BETWEEN = re.compile(r"[\s|,]+")
"""Of the two columns, as psql, sqlite3 and CSV have them."""

Event = tuple[str, str]
"""(terminal id, event id)"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lost`: its terminal believes that it is stored, and it is not; `doubled`: stored more than once.

    `strange`: stored, and made by nobody here. `waiting`: not stored yet, and its terminal knows.
    """

    made: int
    stored: int
    waiting: int = 0
    lost: tuple[Event, ...] = ()
    doubled: tuple[Event, ...] = ()
    strange: tuple[Event, ...] = ()

    @property
    def is_exact(self) -> bool:
        return not (self.lost or self.doubled or self.strange)

    def words(self) -> Iterator[str]:
        waiting = f", {self.waiting:,} wait in their terminals" if self.waiting else ""
        yield f"{self.made:,} events made, {self.stored:,} in the cloud{waiting}"
        yield f"{len(self.lost):,} lost, {len(self.doubled):,} doubled, {len(self.strange):,} made by nobody"

    def wrong(self) -> Iterator[str]:
        for name, events in (("lost", self.lost), ("doubled", self.doubled), ("made by nobody", self.strange)):
            if events:
                named = ", ".join(f"{tid} {event_id}" for tid, event_id in events[:NAMED])
                yield f"{len(events):,} {name}: {named}" + (" …" if len(events) > NAMED else "")


def judge(made: Iterable[Event], stored: Iterable[Event], waiting: Iterable[Event] = ()) -> Verdict:
    """`stored` may come in any order; it is read once. What others' terminals sent must not be in it.

    `waiting`: of what was made, what its terminals have no acknowledgement of.
    """
    missing: set[Event] = set(made)
    known, count, doubled, strange = len(missing), 0, list[Event](), list[Event]()
    seen: set[Event] = set()
    for event in stored:
        count += 1
        if event in missing:
            missing.remove(event)
            seen.add(event)
        elif event in seen:
            doubled.append(event)
        else:
            strange.append(event)
    still = missing & set(waiting)
    return Verdict(known, count, len(still), tuple(sorted(missing - still)), tuple(doubled), tuple(strange))


def stored_in(db: Path, tids: frozenset[str]) -> Iterator[Event]:
    """What the reference cloud's database holds of these terminals. Raises SettingsError for another file."""
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            for tid, event_id in connection.execute("SELECT tid, id FROM event"):
                if tid in tids:
                    yield tid, event_id
    except sqlite3.Error as error:
        raise SettingsError(f"no database of this cloud: {error}", where=str(db)) from error


def absorbed_in(db: Path) -> int:
    """How many events came to this cloud more than once, and were stored once. Raises as `stored_in`."""
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found: int = connection.execute("SELECT coalesce(sum(again), 0) FROM lane").fetchone()[0]
            return found
    except sqlite3.Error as error:
        raise SettingsError(f"no database of this cloud: {error}", where=str(db)) from error


def told_by(command: str, tids: frozenset[str]) -> Iterator[Event]:
    """What another cloud holds, by a command that prints a line for each stored event: terminal id, event id."""
    words = shlex.split(command)
    try:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise SettingsError(f"cannot be started: {error.strerror}", where="--stored", got=command) from error
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            tid, *event_id = _BETWEEN.split(line.strip(), maxsplit=1)
            if tid in tids:
                yield tid, "".join(event_id)
    if process.wait() != 0:
        raise SettingsError("the command that tells what is stored failed", where="--stored", got=command)
