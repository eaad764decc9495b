"""docs/state-machines.md is what the tables of the model say, and each pair is in them or refused."""

from __future__ import annotations

import pytest
from states import PAGE, page

from edge.errors import IllegalMove
from edge.model.sale import MOVES, Event, Sale, State, moved


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python scripts/states.py"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Event))
def test_every_pair_of_a_sale_is_in_the_table_or_refused(state: State, event: Event) -> None:
    sale = Sale("s", state=state)
    if (state, event) in MOVES:
        assert moved(sale, event).state is MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            moved(sale, event)
