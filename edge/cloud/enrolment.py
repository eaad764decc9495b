"""The box at the door of enrolment: what it sends over HTTPS, and what it makes of the answer."""

from __future__ import annotations

import base64
import http.client
import ssl
from pathlib import Path
from urllib.parse import SplitResult

from pydantic import BaseModel

from edge.codec.certificate import CertificateFacts
from edge.codec.wire_identity import (
    MAX_HTTP_OCTETS,
    RENEW_MARK,
    RENEW_PATH,
    Enrolled,
    RenewRequest,
    read_address,
    read_enrolled,
    read_fault,
)
from edge.errors import CloudError, SettingsError, WireError
from edge.ports import Keys

TIMEOUT_S = 20.0
_CURES = {
    "auth.denied": "Ask for a new code: one is good for this box only, once, for 15 minutes and 5 tries.",
    "csr.identity_mismatch": "The code is for another tid than [terminal] has.",
}


def renew(keys: Keys, url: str, roots: Path, tid: str) -> CertificateFacts:
    """A new certificate with the old key, where the old certificate is over and no broker takes it (row 11).

    Takes as long as it takes. Raises CloudError, CodecError, SettingsError, StoreError.
    """
    place = read_place(url)
    try:
        context = ssl.create_default_context(cafile=roots)
    except OSError as error:
        raise CloudError(f"the roots cannot be read: {error}", where=str(roots)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    csr = keys.request(tid)
    sig = base64.b64encode(keys.signed((RENEW_MARK + csr).encode())).decode()
    request = RenewRequest(tid=tid, csr=csr, certificate=keys.certificate(), sig=sig)
    answer = ask(place, context, RENEW_PATH, request)
    keys.put_certificate(answer.certificate, answer.roots, tid)
    return keys.swap()


def read_place(url: str) -> SplitResult:
    """Raises SettingsError."""
    parts = read_address(url)
    if parts is None:
        raise SettingsError("not an address", where="--url", expected="https://host:port", got=repr(url)[:80])
    return parts


def ask(place: SplitResult, context: ssl.SSLContext, path: str, request: BaseModel) -> Enrolled:
    """`context` verifies the server. Raises CloudError with what is to be done."""
    connection = http.client.HTTPSConnection(
        place.hostname or "", place.port or 443, timeout=TIMEOUT_S, context=context
    )  # fmt: skip
    try:
        connection.request("POST", path, request.model_dump_json(), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        status, octets = answer.status, answer.read(MAX_HTTP_OCTETS)
    except ssl.SSLCertVerificationError as error:
        raise CloudError(
            f"the server is not who it should be: {error.verify_message}", where=place.geturl(),
            cure="Nothing was told them. Is this box's clock right?",
        ) from error  # fmt: skip
    except (OSError, http.client.HTTPException) as error:
        raise CloudError(
            f"the server does not answer: {error}", where=place.geturl(), cure="Try again with the same code."
        ) from error
    finally:
        connection.close()
    try:
        if status == 200:
            return read_enrolled(octets)
        err = read_fault(octets)
    except WireError as error:
        raise CloudError("this is no enrolment server", where=place.geturl(), got=f"HTTP {status}") from error
    raise CloudError(f"refused, {err.code}: {err.msg}", where=place.geturl(), cure=_CURES.get(err.code, ""))
