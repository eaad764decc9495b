"""What the page of the software reads. All of it can be called from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.model.software import Slot


@dataclass(frozen=True, slots=True)
class SoftwareFacts:
    """`since`: when this box first started under the version that runs, ISO 8601; empty: nobody noted it. `slots` None:
    it is no appliance.
    """

    since: Callable[[], str]
    slots: Callable[[], Sequence[Slot] | None]
