"""What the page of goods from a file reads. All of it can be called from any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.model.goods_in import GoodsIn
from edge.web.site import Sink


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """`given(name)`: where a file goes that somebody brings."""

    state: Callable[[], GoodsIn]
    given: Callable[[str], Sink]
    drop_given: Callable[[str], None]
