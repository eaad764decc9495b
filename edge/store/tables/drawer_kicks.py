"""Drawer pulses: queued → sending → done, unknown or expired; never driven again after a boot (decisions 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.ledger_rows import DrawerKick, EffectState
from edge.store.tables.effects import is_state

Run = Callable[..., Any]


class DrawerKickTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def queue(self, kick: DrawerKick) -> None:
        self._write("INSERT INTO drawer_kick VALUES (?, ?, ?, ?)", (kick.id, kick.why, kick.state, kick.reason))

    def move(self, kick_id: str, state: EffectState, reason: str = "") -> None:
        self._write("UPDATE drawer_kick SET state = ?, reason = ? WHERE id = ?", (state, reason, kick_id))

    def in_state(self, state: EffectState) -> Sequence[DrawerKick]:
        rows = self._read(f"SELECT id, why, state, reason FROM drawer_kick WHERE {is_state(state)} ORDER BY id")
        return [DrawerKick(kick_id, why, EffectState(found), reason) for kick_id, why, found, reason in rows.fetchall()]
