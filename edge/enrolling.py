"""A key is made on this box, and a technician's code gets it a certificate: at the command line, and at the page."""

from __future__ import annotations

import hashlib
import json
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult

from edge.cloud.enrolment import TIMEOUT_S, ask, read_place
from edge.codec.wire_identity import CODE, CODE_LENGTH, FINGERPRINT, PATH, EnrolRequest, read_code, read_fingerprint
from edge.enrolled import KEYS
from edge.errors import CloudError, SettingsError
from edge.store.key_shelf import KeyShelf


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the technician was given: the server, the code, and by which of the two the server is known."""

    url: str
    code: str = field(repr=False)
    fingerprint: str | None = None
    ca_file: str | None = None


def enrol_box(tid: str, data_dir: Path, invited: Invitation) -> tuple[datetime, bool]:
    """Until when its certificate is good, and whether the server named a cloud. Takes up to a minute.

    May be called again with the same code until it succeeds. Raises SettingsError, CloudError, StoreError.
    """
    place, typed = read_place(invited.url), read_code(invited.code)
    if CODE.fullmatch(typed) is None:
        raise SettingsError("this is no code", where="--code", expected=f"{CODE_LENGTH} letters and digits")
    context = _context(place, invited.fingerprint, invited.ca_file)
    shelf = KeyShelf(data_dir / KEYS)
    request = EnrolRequest(tid=tid, code=typed, csr=shelf.request(tid))
    enrolled = ask(place, context, PATH, request)
    facts = shelf.put_certificate(enrolled.certificate, enrolled.roots, tid)
    cloud = {"url": enrolled.url, "topic_prefix": enrolled.topic_prefix, "enrol": place.geturl()}
    shelf.put_cloud(json.dumps({key: value for key, value in cloud.items() if value is not None}))
    shelf.swap()
    return facts.ends_at, enrolled.url is not None


def _context(place: SplitResult, fingerprint: str | None, ca_file: str | None) -> ssl.SSLContext:
    """The server is verified in any case, by our roots or by what was printed with the code."""
    if (fingerprint is None) == (ca_file is None):
        raise SettingsError(
            "the server must prove who it is", where="edge enrol", expected="--fingerprint or --ca-file, one of them"
        )
    try:
        if ca_file is not None:
            context = ssl.create_default_context(cafile=ca_file)
        else:
            context = ssl.create_default_context(cadata=_pinned(place, fingerprint or ""))
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    except OSError as error:
        raise SettingsError(f"the roots cannot be read: {error}", where="--ca-file") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _pinned(place: SplitResult, fingerprint: str) -> bytes:
    """The server's certificate, which is the one that was printed.

    Nothing is said on this connection. The next one trusts this certificate alone, and verifies name and dates too.
    """
    wanted = read_fingerprint(fingerprint)
    if FINGERPRINT.fullmatch(wanted) is None:
        raise SettingsError("this is no fingerprint", where="--fingerprint", expected="32 or 64 hexadecimal digits")
    try:
        pem = ssl.get_server_certificate((place.hostname or "", place.port or 443), timeout=TIMEOUT_S)
    except OSError as error:
        raise CloudError(f"the server cannot be reached: {error}", where=place.geturl()) from error
    octets = ssl.PEM_cert_to_DER_cert(pem)
    if not hashlib.sha256(octets).hexdigest().startswith(wanted):
        raise CloudError(
            "somebody else answers there: the certificate is another one", where=place.geturl(),
            cure="Nothing was told them. Compare address and fingerprint with what was printed.",
        )  # fmt: skip
    return octets
