"""A technician's code becomes a certificate, once (contract C, rows 1 and 13).

A code is bound to one terminal, lives 15 minutes and dies of five wrong tries. It is used up by the first key that
comes with it; the same key gets the same certificate again, since an answer can be lost on its way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from edge.clock import Clock, iso_ms
from edge.codec.wire_identity import CODE_LENGTH, RENEW_MARK, EnrolRequest, RenewRequest
from edge.errors import SettingsError, WireError
from edge.model.fleet import TerminalState
from edge.reference_cloud.authority import Authority, StateOf
from edge.reference_cloud.certificate_request import TID, checked_request
from edge.reference_cloud.store import CloudStore

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

LIFE = timedelta(minutes=15)
MAX_TRIES = 5
SALT_OCTETS = 16
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NO = "this code does not enrol this terminal"
"""The same for a wrong code, one that is over, used or dead, and a terminal that has none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a terminal's code; the code itself is nowhere."""

    salt: bytes
    mark: bytes
    ends_at: str
    tries: int
    key: bytes | None
    certificate: str | None


class Enrolment:
    """`state` is the registry's word on a terminal. Writes and commits by itself."""

    def __init__(self, store: CloudStore, authority: Authority, clock: Clock, *, state: StateOf) -> None:
        self._store = store
        self._authority = authority
        self._clock = clock
        self._state = state

    def code(self, tid: str, chance: Random) -> str:
        """A new code; an older one of this terminal is worth nothing any more. `chance` must be the system's."""
        if not TID.fullmatch(tid):
            raise SettingsError("this is no terminal", where="TID", expected=TID.pattern, got=tid[:40])
        code = "".join(chance.choice(_CROCKFORD) for _ in range(CODE_LENGTH))
        salt = os.urandom(SALT_OCTETS)
        self._store.run(
            "INSERT OR REPLACE INTO enrolment(tid, salt, mark, ends_at) VALUES(?, ?, ?, ?)",
            (tid, salt, _mark(salt, code), iso_ms(self._clock.wall() + LIFE)),
        )
        self._store.commit()
        return code

    def enrol(self, request: EnrolRequest) -> str:
        """The certificate, in PEM. Raises WireError auth.denied or csr.*; a wrong request costs no try."""
        kept = self._proved(request)
        key = _octets(checked_request(request.csr, request.tid))
        if kept.key is not None and kept.certificate is not None:
            if not hmac.compare_digest(kept.key, key):
                raise WireError("auth.denied", _NO)
            return kept.certificate
        issued = self._authority.sign_terminal(request.csr, request.tid, self._state, self._clock.wall())
        certificate = issued.pem.decode()
        self._store.run("UPDATE enrolment SET key = ?, certificate = ? WHERE tid = ?", (key, certificate, request.tid))
        self._store.run(
            "UPDATE registry SET state = ?, state_at = ? WHERE tid = ? AND state = ?",
            (TerminalState.ENROLLED, iso_ms(self._clock.wall()), request.tid, TerminalState.ORDERED),
        )
        self._store.commit()
        return certificate

    def renew(self, request: RenewRequest) -> str:
        """The next certificate, in PEM, for whoever holds the key of the last one. Raises WireError."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        now = self._clock.wall()
        name, key = self._authority.holder(request.certificate, now)
        try:
            key.verify(base64.b64decode(request.sig), (RENEW_MARK + request.csr).encode(), ECDSA(SHA256()))
        except (InvalidSignature, ValueError) as error:
            raise WireError("auth.denied", "the request is not signed by that certificate's key") from error
        if name != request.tid:
            raise WireError("auth.denied", "this certificate is another terminal's")
        return self._authority.sign_terminal(request.csr, name, self._state, now).pem.decode()

    def _proved(self, request: EnrolRequest) -> Kept:
        """The row is written before the code is compared: whoever hangs up has tried, too."""
        self._store.run("UPDATE enrolment SET tries = tries + 1 WHERE tid = ?", (request.tid,))
        found = self._store.rows(
            "SELECT salt, mark, ends_at, tries, key, certificate FROM enrolment WHERE tid = ?", (request.tid,)
        )
        self._store.commit()
        kept = Kept(*found[0]) if found else Kept(bytes(SALT_OCTETS), b"", "", 0, None, None)
        right = hmac.compare_digest(kept.mark, _mark(kept.salt, request.code))
        if not right or kept.tries > MAX_TRIES or kept.ends_at <= iso_ms(self._clock.wall()):
            raise WireError("auth.denied", _NO)
        self._store.run("UPDATE enrolment SET tries = tries - 1 WHERE tid = ?", (request.tid,))
        self._store.commit()
        return kept


def _mark(salt: bytes, code: str) -> bytes:
    return hmac.new(salt, code.encode(), hashlib.sha256).digest()


def _octets(key: EllipticCurvePublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
