"""How a terminal gets its certificate: over HTTPS with a technician's code, then over MQTT with the old one (P17).

POST /v1/enrol            EnrolRequest  → Enrolled, or a Fault
POST /v1/renew            RenewRequest  → Enrolled, or a Fault: with a certificate that is over
cert.sign      up/req     SignArgs      → Signed
cert.rotate    dn/cmd, S  {}            → done, when a new one is asked for
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import StringConstraints

from edge.codec.json_text import read_object
from edge.codec.wire import checked
from edge.codec.wire_term import Fault, Part, Tid

SIGN, ROTATE = "cert.sign", "cert.rotate"
PATH, RENEW_PATH = "/v1/enrol", "/v1/renew"
EXPIRES_S = 60
MAX_HTTP_OCTETS = 32_768
"""Of a request or an answer of enrolment: three certificates have 3 KB."""
RENEW_MARK = "edge renew\n"
"""Before what is signed: no other signature of this key is worth anything here."""
CODE_LENGTH = 10
"""Crockford characters: 50 bits (contract C, row 13)."""

Pem = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
Pems = Annotated[str, StringConstraints(min_length=1, max_length=16_384)]
CODE = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{CODE_LENGTH}}}")
FINGERPRINT = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
"""SHA-256 of the server's certificate, or its first half."""
Code = Annotated[str, StringConstraints(pattern=f"^{CODE.pattern}$")]
Serial = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,40}$")]
BrokerUrl = Annotated[str, StringConstraints(pattern=r"^mqtts://[A-Za-z0-9._:\[\]-]{1,260}$")]
Prefix = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,3}$", max_length=24)]

_READ_AS = str.maketrans("OIL", "011", " -")


class EnrolRequest(Part):
    v: Literal[1] = 1
    tid: Tid
    code: Code
    csr: Pem


class RenewRequest(Part):
    """A box that was off for so long that no broker takes it: `sig` is by its old key over RENEW_MARK and `csr`, ECDSA
    with SHA-256 as base64.
    """

    v: Literal[1] = 1
    tid: Tid
    csr: Pem
    certificate: Pem
    sig: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{1,200}={0,2}$")]


class Enrolled(Part):
    """`roots`: the authorities whose brokers this terminal trusts, the present one and the next."""

    v: Literal[1] = 1
    tid: Tid
    certificate: Pem
    roots: Pems
    url: BrokerUrl | None = None
    topic_prefix: Prefix | None = None


class SignArgs(Part):
    """A request for the terminal's own name; `cur_serial` is of the certificate that is to be replaced."""

    csr: Pem
    cur_serial: Serial | None = None


class Signed(Part):
    certificate: Pem
    roots: Pems | None = None


class EnrolRefused(Part):
    """Instead of Enrolled."""

    err: Fault


def read_code(typed: str) -> str:
    """As a person types it: spaces and dashes out, capitals, O as 0, I and L as 1."""
    return typed.strip().upper().translate(_READ_AS)


def read_fingerprint(typed: str) -> str:
    """As a person types it: spaces, colons and dashes out, small letters."""
    return re.sub(r"[\s:-]", "", typed).lower()


def read_address(url: str) -> SplitResult | None:
    """https://host:port of a server of enrolment, and no more; None: it is no such address."""
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_sound and not parts.path.strip("/") and not parts.query else None


def grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def read_enrol_request(octets: bytes) -> EnrolRequest:
    """Raises WireError."""
    return checked(EnrolRequest, read_object(octets), where=PATH)


def read_renew_request(octets: bytes) -> RenewRequest:
    """Raises WireError."""
    return checked(RenewRequest, read_object(octets), where=RENEW_PATH)


def read_enrolled(octets: bytes) -> Enrolled:
    """Raises WireError."""
    return checked(Enrolled, read_object(octets), where=PATH)


def read_fault(octets: bytes) -> Fault:
    """Raises WireError."""
    return checked(EnrolRefused, read_object(octets), where=PATH).err


def read_sign_args(args: object) -> SignArgs:
    """Raises WireError."""
    return checked(SignArgs, args, where=SIGN)


def read_signed(out: object) -> Signed:
    """Raises WireError."""
    return checked(Signed, out, where=SIGN)
