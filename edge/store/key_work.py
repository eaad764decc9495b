"""What a box does with its own private key, in a process of its own: `python -m edge.store.key_work` WHAT.

The cryptographic library takes 10 MB and stays once it is loaded. A box needs it for this once a year, on a machine
where a till has 80 MB; so the work is done apart, and the memory goes back. Keys pass through pipes alone.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from edge.errors import StoreError

LIMIT_S = 60.0
"""A Pi that does much else takes two seconds."""
REQUEST, FITS, SIGN, PAGE = "request", "fits", "sign", "page"


def new_request(tid: str) -> tuple[bytes, bytes]:
    """(key, certificate request) in PEM: P-256, CN=tid, nothing else. The key has never been anywhere else."""
    key, request = _apart(REQUEST, tid.encode())
    return key, request


def fits(certificate: str, key: bytes) -> bool:
    """Whether the certificate is for this key."""
    return bool(_apart(FITS, certificate.encode(), key))


def signature(key: bytes, octets: bytes) -> bytes:
    """ECDSA with SHA-256. Raises StoreError for what is no key of ours."""
    made = _apart(SIGN, key, octets)
    if not made:
        raise StoreError("the key is damaged, or of another kind", where="key.pem")
    return made[0]


def page_pair(names: Sequence[str], begins_at: datetime, ends_at: datetime, key: bytes = b"") -> bytes:
    """A key (or the one that is given) and a certificate over it that it signs itself, for a server: both in PEM."""
    told = json.dumps([list(names), begins_at.isoformat(), ends_at.isoformat()])
    return b"".join(_apart(PAGE, told.encode(), key))


def _apart(what: str, *parts: bytes) -> list[bytes]:
    """Raises StoreError where it cannot be done now."""
    command = [sys.executable, "-m", "edge.store.key_work", what]
    try:
        done = subprocess.run(command, input=_packed(parts), capture_output=True, timeout=LIMIT_S, check=True)
        return _unpacked(done.stdout)
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise StoreError("the work with the key failed", where=what, got=last[:200]) from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise StoreError("the work with the key cannot be done", where=what, cure="Is there memory left?") from error


def _packed(parts: list[bytes] | tuple[bytes, ...]) -> bytes:
    return json.dumps([base64.b64encode(part).decode("ascii") for part in parts]).encode()


def _unpacked(octets: bytes) -> list[bytes]:
    return [base64.b64decode(part) for part in json.loads(octets)]


# --- in the other process --------------------------------------------------------------------------------------------


def _request(tid: bytes) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, tid.decode())])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return [pem, request.public_bytes(Encoding.PEM)]


def _fits(certificate: bytes, key: bytes) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        shown = x509.load_pem_x509_certificate(certificate).public_key()
        return [b"yes"] if shown == load_pem_private_key(key, None).public_key() else []
    except (ValueError, TypeError):
        return []


def _sign(key: bytes, octets: bytes) -> list[bytes]:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        own = load_pem_private_key(key, None)
    except (ValueError, TypeError):
        return []
    return [own.sign(octets, ECDSA(SHA256()))] if isinstance(own, EllipticCurvePrivateKey) else []


def _page(told: bytes, old: bytes) -> list[bytes]:
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    names, begins_at, ends_at = json.loads(told)
    key = load_pem_private_key(old, None) if old else ec.generate_private_key(ec.SECP256R1())
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SystemExit("the page's key is of another kind")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    more = dict.fromkeys(("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.fromisoformat(begins_at))
        .not_valid_after(datetime.fromisoformat(ends_at))
        .add_extension(x509.SubjectAlternativeName([*map(x509.DNSName, names), loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage, **more), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return [pem, made.public_bytes(Encoding.PEM)]


_WORK: dict[str, Callable[..., list[bytes]]] = {REQUEST: _request, FITS: _fits, SIGN: _sign, PAGE: _page}

if __name__ == "__main__":
    sys.stdout.buffer.write(_packed(_WORK[sys.argv[1]](*_unpacked(sys.stdin.buffer.read()))))
