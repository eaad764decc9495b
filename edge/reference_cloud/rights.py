"""Who may do what (product A8): each right, and the roles that have it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    VIEWER = "viewer"
    OWNER = "owner"
    TECHNICIAN = "technician"
    FLEET = "fleet"


class Right(StrEnum):
    """As the tables write it. `F2`: two of the fleet's people, one after the other."""

    VIEWER = "V"
    OWNER = "O"
    TECHNICIAN = "T"
    AT_THE_SHOP = "O+T"
    FLEET = "F"
    FLEET_TWO = "F2"


_R = Role
ROLES: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.VIEWER: frozenset(Role),
        Right.OWNER: frozenset({_R.OWNER, _R.FLEET}),
        Right.TECHNICIAN: frozenset({_R.TECHNICIAN, _R.FLEET}),
        Right.AT_THE_SHOP: frozenset({_R.OWNER, _R.TECHNICIAN, _R.FLEET}),
        Right.FLEET: frozenset({_R.FLEET}),
        Right.FLEET_TWO: frozenset({_R.FLEET}),
    }
)
