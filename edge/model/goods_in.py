"""A file of goods that somebody brought to the page: how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.backup import Stage
from edge.model.goods_plan import Wrong

TABLES = (".csv", ".txt")
"""How files of goods on a stick end."""


@dataclass(frozen=True, slots=True)
class FoundGoods:
    """What was found in a file that was looked at as a whole; nothing has changed yet. The counts are those of
    `GoodsPlan`. `id`: of its octets; `path`: where it lies; `ignored`: columns that nobody reads; `is_managed`: the
    catalogue is the cloud's.
    """

    id: str
    path: str
    encoding: str
    ignored: tuple[str, ...]
    new: int
    changed: int
    named: int
    altered: int
    same: int
    far: int
    left_out: int
    nameless: int
    wrong: tuple[Wrong, ...]
    wrong_lines: int
    is_managed: bool

    @property
    def is_news(self) -> bool:
        return bool(self.new or self.changed or self.named or self.altered)


@dataclass(frozen=True, slots=True)
class GoodsIn:
    """`looking`: the file that is looked at; `path`: the one that was. `taking`: `found` is being kept, and its prices
    stand at `done` of `of`; `kept`: the id of what was kept last. `why` it failed: changed, or internal.
    """

    stage: Stage = Stage.NONE
    looking: str = ""
    path: str = ""
    found: FoundGoods | None = None
    why: str = ""
    taking: bool = False
    done: int = 0
    of: int = 0
    kept: str = ""
