"""What the page of the shop's template reads. All of it can be called from any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.model.shop_template import ShopTemplate
from edge.web.site import Sink


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file that was sound as a whole. `id`: of its octets."""

    id: str
    template: ShopTemplate


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """`made`: the file of this box. `look` reads what lies at a path and removes it, or, after
    FROM_STICK, the file of this key on a stick; it raises FileRefused and StoreError.
    """

    made: Callable[[], bytes]
    given: Callable[[str], Sink]
    look: Callable[[str], None]
    looked: Callable[[], LookedAt | None]
    """The newest that was looked at since the start."""
