"""Promotions of the cloud as they came, whole sets by name, as services see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PromotionSet:
    """`body`: its tables as JSON text. Not `in_force`: it waits for the end of a sale."""

    name: str
    version: int
    body: str
    in_force: bool


class PromotionSets(Protocol):
    def all(self) -> Sequence[PromotionSet]:
        """By name and version: of each name what is in force, and the newest that waits."""
        ...

    def keep(self, name: str, version: int, body: str) -> None:
        """It takes the place of one of this name that waited."""
        ...

    def enforce(self, name: str, version: int) -> None:
        """It is in force; what was before it is gone."""
        ...
