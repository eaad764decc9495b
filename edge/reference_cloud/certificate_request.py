"""What a terminal asks to have signed, and all for which it is refused (contract P17, checklist row 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.errors import WireError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import CertificateSigningRequest, Name

TID = re.compile(r"[A-Z0-9]{8,23}")
"""A broker puts the name into its patterns: a `/`, `+` or `#` in it would open another terminal's tree."""
MAX_OCTETS = 4_096
"""A request of P-256 has 440."""


def checked_request(pem: str, tid: str) -> EllipticCurvePublicKey:
    """The key of a request that may be signed for `tid`; whatever else the request asks for is not looked at.

    Raises WireError csr.bad_signature, csr.key_type or csr.identity_mismatch.
    """
    request = _read(pem)
    key = _key(request)
    if not request.is_signature_valid:
        raise WireError("csr.bad_signature", "the request is not signed by the key in it")
    _check_name(request.subject, tid)
    return key


def _read(pem: str) -> CertificateSigningRequest:
    from cryptography import x509

    if len(pem) > MAX_OCTETS:
        raise WireError("csr.bad_signature", "the request is too long", expected=f"at most {MAX_OCTETS} characters")
    try:
        return x509.load_pem_x509_csr(pem.encode("ascii"))
    except (ValueError, TypeError) as error:
        raise WireError("csr.bad_signature", "this is no certificate request", expected="PKCS#10 in PEM") from error


def _key(request: CertificateSigningRequest) -> EllipticCurvePublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    try:
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WireError("csr.key_type", "the request's key is of an unknown kind", expected="P-256") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise WireError("csr.key_type", "the request's key is of another kind", expected="P-256")
    return key


def _check_name(subject: Name, tid: str) -> None:
    from cryptography.x509.oid import NameOID

    attributes = list(subject)
    name = str(attributes[0].value) if len(attributes) == 1 and attributes[0].oid == NameOID.COMMON_NAME else ""
    if name != tid or not TID.fullmatch(name):
        raise WireError(
            "csr.identity_mismatch", "the request is for another name", expected=f"CN={tid} and nothing else",
            got=subject.rfc4514_string()[:80],
        )  # fmt: skip
