"""The licences of the simulated shop, and the platforms that sign them: they forget nothing of what they said."""

from __future__ import annotations

from datetime import date

from edge.model.licence import Licence
from edge.model.platform import ServiceKind
from edge.platform_file import platform_names
from edge.reference_cloud.seal import Signer

STORE = "S-00817"
PLATFORMS = platform_names()
COMMANDS = Signer("cmd-sim", b"commands".ljust(32, b"."))
"""Who signs what the cloud asks for."""
BEGINS, ENDS = date(2020, 1, 1), date(2099, 12, 31)
"""A clock that is wrong by a year is within them."""


def signer_of(platform: str) -> Signer:
    return Signer(platform, platform.encode().ljust(32, b"."))


def keys_text() -> str:
    """The file of public keys that the shop has."""
    return "\n".join(signer_of(platform).public_line() for platform in PLATFORMS) + "\n"


def licence_of(platform: str, tid: str, *, withdrawn: bool) -> Licence:
    """For all that the platform has; the cloud counts its versions."""
    kinds = frozenset(kind.value for kind in ServiceKind)
    return Licence(f"{platform}-1", 1, platform, "", STORE, tid, kinds, BEGINS, ENDS, withdrawn)
