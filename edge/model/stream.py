"""The three queues in which records leave the box."""

from __future__ import annotations

from enum import StrEnum


class Stream(StrEnum):
    """Parcels before money before all the rest."""

    PK = "pk"
    TX = "tx"
    EV = "ev"
