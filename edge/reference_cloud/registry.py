"""The books of the fleet: which terminal stands in which shop, its tags and state; and what is known of it now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.topics import TID
from edge.errors import SettingsError
from edge.model.fleet import FIRST, TerminalState, event_to, moved
from edge.reference_cloud.store import CloudStore
from edge.reference_cloud.twins import TIMES

STORE = "[A-Za-z0-9._-]{1,32}"
TAG = "[a-z0-9][a-z0-9._-]{0,31}"
MAX_TAGS = 16

_KNOWN = """
SELECT b.tid, r.store, r.tags, r.state, t.state, t.since_at, t.heard_at, t.hello, t.hello_at, t.tele, t.tele_at, t.cfg,
  (SELECT max(ver) FROM notice n WHERE n.tid = b.tid),
  (SELECT json_group_object(stream, upto) FROM lane l WHERE l.tid = b.tid AND l.epoch = t.epoch),
  (SELECT json_object('ver', json_extract(body, '$.ver'), 'at', received_at) FROM event e
    WHERE e.tid = b.tid AND e.type = 'cat.applied' ORDER BY e.n DESC LIMIT 1),
  (SELECT json_object('times', times, 'at', at) FROM twin w WHERE w.tid = b.tid),
  (SELECT json_object('code', json_extract(body, '$.code'), 'at', received_at) FROM event f
    WHERE f.tid = b.tid AND f.type = 'message.refused' AND json_extract(body, '$.code') LIKE 'sig.%'
    ORDER BY f.n DESC LIMIT 1),
  (SELECT json_object('well', json_extract(body, '$.well'), 'at', received_at) FROM event h
    WHERE h.tid = b.tid AND h.type = 'setup.checked' ORDER BY h.n DESC LIMIT 1)
FROM ({tids}) b LEFT JOIN terminal t ON t.tid = b.tid LEFT JOIN registry r ON r.tid = b.tid
"""
ALL = _KNOWN.format(tids="SELECT tid FROM terminal UNION SELECT tid FROM registry") + " ORDER BY b.tid"
ONE = _KNOWN.format(tids="SELECT ? AS tid") + " WHERE t.tid IS NOT NULL OR r.tid IS NOT NULL"


class HandedOver(StrEnum):
    """By the newest `setup.checked`: an installation that did not end with one was not handed over."""

    WELL = "well"
    FAULTS = "faults"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Terminal:
    """`state` None: it only said hello, and stands in no book. `line`: online, offline, sleep, or "" if never seen.

    `unsent`: for how long its oldest row has waited, at least. None: not known.
    """

    tid: str
    store: str
    tags: tuple[str, ...]
    state: TerminalState | None
    line: str
    since: datetime | None
    heard: datetime | None
    app: str
    hw: str
    unsent: timedelta | None
    catalogue: int | None
    catalogue_due: int | None
    config: int | None
    certificate_ends: datetime | None
    twins_at: datetime | None = None
    """When two boxes with this one identity were last seen; None: never."""
    forged_at: datetime | None = None
    """When it last told of a message whose signature it does not believe; None: never."""
    forged: str = ""
    """Why, by the contract's code."""
    handed_over: HandedOver = HandedOver.NO
    handed_over_at: datetime | None = None
    """When its newest check came in; None: none did."""

    def certificate_days(self, now: datetime) -> int | None:
        """Whole days that it is still good for; below zero once it has ended."""
        return (self.certificate_ends - now).days if self.certificate_ends is not None else None


class Registry:
    """Writes within the store's open transaction."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def terminals(self) -> list[Terminal]:
        """All that stand in the books or ever said anything, by tid."""
        now = self._clock.wall()
        return [_terminal(now, *columns) for columns in self._store.rows(ALL)]

    def terminal(self, tid: str) -> Terminal | None:
        found = self._store.rows(ONE, (tid,))
        return _terminal(self._clock.wall(), *found[0]) if found else None

    def known(self, tid: str) -> Terminal:
        """Raises SettingsError for one that nobody has heard of."""
        terminal = self.terminal(tid)
        if terminal is None:
            raise SettingsError(
                "there is no such terminal", where="TID", got=tid[:40],
                cure="edge cloud terminals lists them; a new one enters by edge cloud terminal TID --store STORE.",
            )  # fmt: skip
        return terminal

    def state(self, tid: str) -> TerminalState | None:
        """None: it stands in no book."""
        found = self._store.rows("SELECT state FROM registry WHERE tid = ?", (tid,))
        return TerminalState(found[0][0]) if found else None

    def trusted(self, tid: str) -> str:
        """The state that decides over a certificate: one that stands in no book is as good as enrolled."""
        state = self.state(tid)
        return state.value if state is not None else TerminalState.ENROLLED.value

    def enter(
        self, tid: str, *, store: str | None = None, add: Sequence[str] = (), remove: Sequence[str] = (),
        state: TerminalState | None = None,
    ) -> Terminal:  # fmt: skip
        """Write one into the books, or change what they say. Raises SettingsError, IllegalMove; then nothing changes.

        A new one is ordered, or enrolled where it has said hello already.
        """
        if not re.fullmatch(TID, tid):
            raise SettingsError("this is no terminal's id", where="TID", expected=TID, got=tid[:40])
        known = self.terminal(tid)
        before = known.state if known is not None else None
        if store is not None and not re.fullmatch(STORE, store):
            raise SettingsError("this is no store", where="--store", expected=f"{STORE}, such as S-00817", got=store)
        tags = _tags(known.tags if known is not None else (), add, remove)
        if before is None:
            usual = TerminalState.ENROLLED if known is not None else TerminalState.ORDERED
            before = state if state is not None and state in FIRST else usual
            self._store.run("INSERT INTO registry VALUES(?, '', '[]', ?, ?)", (tid, before.value, self._now()))
        if state is not None and state is not before:
            self._set(tid, moved(before, event_to(before, state)))
        self._store.run("UPDATE registry SET tags = ? WHERE tid = ?", (json.dumps(tags), tid))
        if store is not None:
            self._store.run("UPDATE registry SET store = ? WHERE tid = ?", (store, tid))
        return self.known(tid)

    def _set(self, tid: str, state: TerminalState) -> TerminalState:
        self._store.run("UPDATE registry SET state = ?, state_at = ? WHERE tid = ?", (state.value, self._now(), tid))
        return state

    def _now(self) -> str:
        return iso_ms(self._clock.wall())


def _tags(known: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> list[str]:
    for tag in (*add, *remove):
        if not re.fullmatch(TAG, tag):
            raise SettingsError("this is no tag", where="--tag", expected=f"{TAG}, such as pilot", got=tag[:40])
    tags = sorted((set(known) | set(add)) - set(remove))
    if len(tags) > MAX_TAGS:
        raise SettingsError("too many tags", where="--tag", expected=f"at most {MAX_TAGS}", got=str(len(tags)))
    return tags


def _terminal(now: datetime, *columns: Any) -> Terminal:
    (tid, store, tags, state, line, since_at, heard_at, hello_text, hello_at, tele_text, tele_at, cfg_text, due,
     upto_text, applied_text, twins_text, forged_text, checked_text) = columns  # fmt: skip
    twins, forged, checked = _object(twins_text), _object(forged_text), _object(checked_text)
    hello, tele, cfg, applied = (_object(text) for text in (hello_text, tele_text, cfg_text, applied_text))
    sample: Mapping[str, Any] = tele.get("m") or {}
    told = [(hello_at, hello.get("cat_ver")), (tele_at, sample.get("cat_ver")), (applied.get("at"), applied.get("ver"))]
    versions = sorted((at, ver) for at, ver in told if at is not None and isinstance(ver, int))
    return Terminal(
        tid=tid, store=store or "", tags=tuple(json.loads(tags or "[]")),
        state=TerminalState(state) if state is not None else None, line=line or "", since=_moment(since_at),
        heard=max(filter(None, map(_moment, (heard_at, hello_at, tele_at))), default=None),
        app=hello.get("app") or "", hw=hello.get("hw") or "",
        unsent=max(_waits(now, line, hello, hello_at, _object(upto_text), sample, tele_at), default=None),
        catalogue=versions[-1][1] if versions else None,
        catalogue_due=due, config=cfg.get("ver", hello.get("cfg_ver")),
        certificate_ends=_moment(hello.get("cert_exp")),
        twins_at=_moment(twins.get("at")) if twins.get("times", 0) >= TIMES else None,
        forged_at=_moment(forged.get("at")), forged=str(forged.get("code") or ""),
        handed_over=_handed_over(checked), handed_over_at=_moment(checked.get("at")),
    )  # fmt: skip


def _handed_over(checked: Mapping[str, Any]) -> HandedOver:
    if not checked:
        return HandedOver.NO
    return HandedOver.WELL if checked.get("well") else HandedOver.FAULTS


def _waits(
    now: datetime, line: str | None, hello: Mapping[str, Any], hello_at: str | None, upto: Mapping[str, Any],
    sample: Mapping[str, Any], tele_at: str | None,
) -> Iterator[timedelta]:  # fmt: skip
    """From rows that it named in its hello and that are not here yet, and from what it last measured."""
    greeted, measured = _moment(hello_at), _moment(tele_at)
    if greeted is not None:
        behind = any(place["head"] > upto.get(stream, 0) for stream, place in hello["streams"].items())
        yield now - greeted if behind else timedelta(0)
    age_s = sample.get("q_age_s")
    if measured is not None and isinstance(age_s, int | float) and age_s >= 0:
        # While it is away its oldest row grows older, and nobody measures it.
        yield timedelta(seconds=age_s) + (now - measured if age_s and line != "online" else timedelta(0))


def _object(text: str | None) -> dict[str, Any]:
    return json.loads(text) if text else {}


def _moment(text: str | None) -> datetime | None:
    """None too for a text that a terminal's own clock made up: 30 February."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
