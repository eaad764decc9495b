"""What the cloud session posts: connected, disconnected, message, PUBACK."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CloudUp:
    """CONNACK and SUBACK have been seen. `version` is 5 or 4 (MQTT 3.1.1)."""

    sess: int
    version: int


class Refusal(StrEnum):
    """Why a connection ended, as far as the reconnect rule of contract B1 tells causes apart."""

    NETWORK = "network"
    AUTH = "auth"
    PROTOCOL_VERSION = "protocol_version"
    MOVED = "moved"
    CLOSED_BEFORE_CONNACK = "closed_before_connack"
    UNTRUSTED = "untrusted"
    """Whoever answers there is not taken for the cloud: its certificate, its name, its TLS."""
    CLOCK = "clock"
    """Its certificate's dates do not fit, and nothing disciplines this box's clock: the clock may be wrong."""
    NO_KEY = "no_key"
    """This box's own certificate or key cannot be read."""


FOR_A_PERSON = frozenset({Refusal.AUTH, Refusal.UNTRUSTED, Refusal.NO_KEY})
"""What does not pass by itself."""


@dataclass(frozen=True, slots=True)
class CloudDown:
    """The connection is gone or was never made. `tls` tells whether a TLS handshake had completed."""

    sess: int
    cause: Refusal
    reason: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class BrokerShown:
    """What whoever answers at `host` calls its certificate, in DER, where its dates alone were wrong: nobody trusts it
    yet. `roots`: whom this box trusts, in PEM.
    """

    host: str
    certificate: bytes
    roots: str


@dataclass(frozen=True, slots=True)
class CloudMessage:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class CloudAccepted:
    """A PUBACK: the broker's word, transport flow control only (contract 0.4). `code` is the MQTT 5 reason code."""

    token: str
    code: int
