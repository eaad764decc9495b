"""What a box must know of its own certificates: whose, which number, from when to when, which names (RFC 5280, 4.1).

 Certificate SEQUENCE
   tbsCertificate SEQUENCE
     [0] version · INTEGER serial · SEQUENCE algorithm · SEQUENCE issuer
     SEQUENCE validity (begin, end) · SEQUENCE subject (… CN …) · SEQUENCE key
     [3] SEQUENCE of extensions: SEQUENCE OID · BOOLEAN critical · OCTET STRING (subjectAltName: [2] host names)

Nothing is verified here: TLS does that. So the box needs no 9 MB of a cryptographic library to know a date.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.errors import CodecError

MAX_OCTETS = 8_192
"""Of one certificate in PEM; ours have 800."""
SERIAL_DIGITS = 40
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID = 0x30, 0x31, 0x02, 0x04, 0x06
_VERSION, _EXTENSIONS, _HOST = 0xA0, 0xA3, 0x82
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_COMMON_NAME = bytes((0x55, 0x04, 0x03))
_OTHER_NAMES = bytes((0x55, 0x1D, 0x11))
_TEXTS = frozenset({0x0C, 0x13, 0x16})
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`serial`: 40 hexadecimal digits. `name`: its CN, empty where there is none. `hosts`: names of servers."""

    name: str
    serial: str
    begins_at: datetime
    ends_at: datetime
    hosts: tuple[str, ...] = ()

    def renewable_at(self) -> datetime:
        """Two thirds of its life (contract P17)."""
        return self.begins_at + (self.ends_at - self.begins_at) * 2 / 3


def read_certificate(pem: str) -> CertificateFacts:
    """The first certificate of a PEM text. Raises CodecError."""
    try:
        body = _inside(_inside(_der(pem), _SEQUENCE)[0], _SEQUENCE)[0]
        if body[:1] == bytes((_VERSION,)):
            body = _inside(body, _VERSION)[1]
        serial, body = _inside(body, _INTEGER)
        body = _inside(_inside(body, _SEQUENCE)[1], _SEQUENCE)[1]
        validity, body = _inside(body, _SEQUENCE)
        begin, validity = _moment(validity)
        end, _ = _moment(validity)
        subject, body = _inside(body, _SEQUENCE)
        name, hosts = _common_name(subject), _hosts(_inside(body, _SEQUENCE)[1])
    except (binascii.Error, ValueError, IndexError) as error:
        raise CodecError("the certificate is damaged") from error
    if len(serial) > SERIAL_DIGITS // 2 + 1:
        raise CodecError("the certificate's number is too long", expected=f"{SERIAL_DIGITS} digits")
    return CertificateFacts(name, f"{int.from_bytes(serial):0{SERIAL_DIGITS}x}", begin, end, hosts)


def fingerprint(pem: str) -> str:
    """SHA-256 of the first certificate of a PEM text, as phones show it: "3F 2A … 77". Raises CodecError."""
    try:
        return hashlib.sha256(_der(pem)).digest().hex(" ").upper()
    except (binascii.Error, ValueError) as error:
        raise CodecError("the certificate is damaged") from error


def _der(pem: str) -> bytes:
    """Raises CodecError, and ValueError for what is no base64."""
    found = _PEM.search(pem[: MAX_OCTETS * 2])
    if found is None:
        raise CodecError("this is no certificate", expected="PEM")
    return base64.b64decode("".join(found[1].split()), validate=True)


def _inside(octets: bytes, tag: int) -> tuple[bytes, bytes]:
    """(content of the value that `octets` begin with, what follows it). Raises CodecError, IndexError."""
    if octets[0] != tag:
        raise CodecError("the certificate is damaged", expected=f"tag {tag:#04x}", got=f"{octets[0]:#04x}")
    length, start = octets[1], 2
    if length & 0x80:
        start += length & 0x7F
        if not 2 < start <= 4:
            raise CodecError("the certificate is damaged", expected="a length of 1 or 2 octets")
        length = int.from_bytes(octets[2:start])
    if start + length > len(octets):
        raise CodecError("the certificate is cut off")
    return octets[start : start + length], octets[start + length :]


def _moment(octets: bytes) -> tuple[datetime, bytes]:
    kind = octets[0]
    text, rest = _inside(octets, _UTC_TIME if kind == _UTC_TIME else _GENERALIZED_TIME)
    written = text.decode("ascii")
    if kind == _UTC_TIME:
        written = ("19" if written[:2] >= "50" else "20") + written
    if re.fullmatch(r"\d{14}Z", written) is None:
        raise CodecError("the certificate's dates are damaged", got=repr(written)[:40])
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC), rest


def _common_name(names: bytes) -> str:
    found = ""
    while names:
        relative, names = _inside(names, _SET)
        pair, _ = _inside(relative, _SEQUENCE)
        oid, value = _inside(pair, _OID)
        if oid == _COMMON_NAME and value[0] in _TEXTS:
            found = _inside(value, value[0])[0].decode("utf-8")
    return found


def _hosts(body: bytes) -> tuple[str, ...]:
    """Of what follows the key."""
    while body:
        if body[0] != _EXTENSIONS:
            body = _inside(body, body[0])[1]
            continue
        extensions = _inside(_inside(body, _EXTENSIONS)[0], _SEQUENCE)[0]
        while extensions:
            extension, extensions = _inside(extensions, _SEQUENCE)
            oid, value = _inside(extension, _OID)
            if oid == _OTHER_NAMES:
                return tuple(_host_names(_inside(value, _OCTETS)[0]))
        break
    return ()


def _host_names(names: bytes) -> Iterator[str]:
    names = _inside(names, _SEQUENCE)[0]
    while names:
        kind = names[0]
        name, names = _inside(names, kind)
        if kind == _HOST:
            yield name.decode("ascii")


def vouched_since(certificate: bytes, roots: str, host: str) -> datetime:
    """From when on this certificate (DER) was good for `host`, by one of our own authorities as of that moment.

    So it is at least that late. Raises CodecError where they do not vouch for it.
    """
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        shown = x509.load_der_x509_certificate(certificate)
        begin = shown.not_valid_before_utc
        usage = shown.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        trusted = x509.load_pem_x509_certificates(roots.encode())
    except (ValueError, x509.ExtensionNotFound) as error:
        raise CodecError("this is no server's certificate, or no roots") from error
    known = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    if host not in known or ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        raise CodecError("the certificate is for another server", expected=host)
    for root in trusted:
        try:
            shown.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature):
            continue
        if root.not_valid_before_utc <= begin <= root.not_valid_after_utc:
            return begin
    raise CodecError("none of our authorities vouches for the certificate")
