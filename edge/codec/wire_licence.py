"""Licences on their way to a terminal (contract P13, P16): asked for after each welcome, and put when they change.

    licence.get    up/req    {}                        → {"licences": [JWS, …]}
    licence.put    dn/cmd    {"licence": JWS}          → {"platform": …, "no": …, "ver": …}

Each is signed by its platform, so that the command that carries one needs no signature of its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from edge.codec.licence import MAX_OCTETS
from edge.codec.wire import checked
from edge.codec.wire_term import Part

GET, PUT = "licence.get", "licence.put"
EXPIRES_S = 30
MAX_LICENCES = 12
"""One of each platform that a shop can have."""

Signed = Annotated[str, StringConstraints(min_length=1, max_length=MAX_OCTETS)]


class GotLicences(Part):
    """The answer to licence.get: all that this terminal has, withdrawn ones too."""

    licences: Annotated[tuple[Signed, ...], Field(strict=False, max_length=MAX_LICENCES)]


class LicenceArgs(Part):
    licence: Signed


def read_got(out: object) -> tuple[str, ...]:
    """Raises WireError."""
    return checked(GotLicences, out, where=GET).licences


def read_put(args: object) -> str:
    """Raises WireError."""
    return checked(LicenceArgs, args, where=PUT).licence
