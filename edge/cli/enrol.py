"""`edge enrol`: a key is made on this box, and a technician's code gets it a certificate (contract C, row 1)."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
from pathlib import Path
from urllib.parse import SplitResult

from edge.cloud.enrolment import TIMEOUT_S, ask, read_place
from edge.codec.wire_identity import CODE, CODE_LENGTH, PATH, EnrolRequest, read_code
from edge.config import load_settings
from edge.devices import load_driver
from edge.enrolled import KEYS, is_enrolled
from edge.errors import CloudError, SettingsError
from edge.store.folder_lock import is_taken
from edge.store.key_shelf import KeyShelf

FINGERPRINT = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
"""SHA-256 of the server's certificate, or its first half."""


def enrol(config: str, *, url: str, code: str, fingerprint: str | None, ca_file: str | None) -> int:
    """May be given again with the same code until it succeeds. Raises SettingsError, CloudError."""
    settings = load_settings(Path(config), load_driver)
    own = settings.terminal
    place, typed = read_place(url), read_code(code)
    if CODE.fullmatch(typed) is None:
        raise SettingsError("this is no code", where="--code", expected=f"{CODE_LENGTH} letters and digits")
    context = _context(place, fingerprint, ca_file)
    shelf = KeyShelf(own.data_dir / KEYS)
    request = EnrolRequest(tid=own.tid, code=typed, csr=shelf.request(own.tid))
    enrolled = ask(place, context, PATH, request)
    facts = shelf.put_certificate(enrolled.certificate, enrolled.roots, own.tid)
    cloud = {"url": enrolled.url, "topic_prefix": enrolled.topic_prefix, "enrol": place.geturl()}
    shelf.put_cloud(json.dumps({key: value for key, value in cloud.items() if value is not None}))
    shelf.swap()
    print(f"{own.tid} is enrolled until {facts.ends_at:%Y-%m-%d}; it renews its certificate by itself before that")
    if settings.cloud is not None and not is_enrolled(settings.cloud, own.data_dir):
        print("but [cloud] in the settings names other files, or no TLS: as long as it does, they are what counts")
    elif settings.cloud is None and enrolled.url is None:
        print("the server named no cloud: write its address into the settings, [cloud] url = ...")
    elif is_taken(own.data_dir):
        told = "start it anew" if settings.cloud is None else "it takes it at its next attempt"
        print(f"the terminal runs: {told}")
    return 0


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
    wanted = re.sub(r"[\s:]", "", fingerprint).lower()
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
