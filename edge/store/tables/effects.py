"""How print jobs and drawer pulses are found by their state without reading those of all years."""

from __future__ import annotations

from edge.model.ledger_rows import EffectState

_INDEXED = (EffectState.QUEUED, EffectState.SENDING, EffectState.UNKNOWN)


def is_state(state: EffectState) -> str:
    """The WHERE clause for rows in `state`, by the partial index of open ones where it has them.

    The index's own condition is repeated word by word: SQLite does not see that `state = 'queued'` implies it.
    """
    indexed = "state IN ('queued', 'sending', 'unknown') AND " if state in _INDEXED else ""
    return f"{indexed}state = '{state.value}'"
