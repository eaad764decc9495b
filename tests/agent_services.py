"""The bank agent's desk as the counter's bench has it: one bank, licensed until the test says otherwise."""

from __future__ import annotations

from collections.abc import Callable

from habits import Habits

from edge.bus import Bus
from edge.services.agent_desk import AgentDesk
from edge.services.drawer_count import SlipWords
from edge.services.till_day import TillRules


def agent_services(
    bus: Bus, rules: TillRules, words: SlipWords, habits: Habits, *, online: Callable[[], bool],
    full: Callable[[], bool],
) -> None:  # fmt: skip
    AgentDesk(
        bus, habits.bank, rules, words, why_not=lambda offer, _: habits.refused.get(offer), online=online, full=full
    )  # fmt: skip
