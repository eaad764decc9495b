"""Commands of class S are signed as they leave: with the newest hello's nonce and the next counter (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.codec.jws import key_text, read_key, write_jws
from edge.codec.wire_down import SIGNED_TYPES, Command
from edge.codec.wire_term import Message
from edge.errors import SettingsError, WireError
from edge.reference_cloud.sessions import Sessions
from edge.reference_cloud.store import CloudStore


class Sealed(Message):
    """A signed command on its way to `tid`; on the wire it is nothing but its JWS."""

    jws: str

    def wire(self) -> dict[str, object]:
        return {"jws": self.jws}


@dataclass(frozen=True, slots=True)
class Signer:
    """A key pair of Ed25519. The seed is the cloud's; terminals get the public half as `[cloud] command_keys`."""

    kid: str
    seed: bytes

    @classmethod
    def read(cls, path: Path) -> Signer:
        """One line `kid = seed`. Raises SettingsError."""
        try:
            kid, _, seed = path.read_text(encoding="utf-8").strip().partition(" = ")
            return cls(kid.strip('"'), read_key(seed.strip('"')))
        except (OSError, UnicodeDecodeError, WireError) as error:
            raise SettingsError(
                f"this is no signing key: {error}", where=str(path), expected='"kid" = "43 characters of base64url"'
            ) from error

    def sign(self, octets: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(octets)

    def public_line(self) -> str:
        """As it stands in the terminal's file of keys."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return f'"{self.kid}" = "{key_text(public)}"'

    def secret_line(self) -> str:
        return f'"{self.kid}" = "{key_text(self.seed)}"'


class Seal:
    """`signer` None: signed commands do not leave, and `Orders` says so."""

    def __init__(self, store: CloudStore, sessions: Sessions, signer: Signer | None) -> None:
        self._store = store
        self._sessions = sessions
        self._signer = signer

    def sealed(self, message: Message) -> Message | None:
        """What leaves in the place of `message`. None: it waits for a hello, or for somebody who can sign."""
        if not isinstance(message, Command) or message.type not in SIGNED_TYPES:
            return message
        hello = self._sessions.last_hello(message.tid)
        if self._signer is None or hello is None:
            return None
        self._store.run("UPDATE terminal SET ctr = ctr + 1 WHERE tid = ?", (message.tid,))
        ((ctr,),) = self._store.rows("SELECT ctr FROM terminal WHERE tid = ?", (message.tid,))
        signed = message.wire() | {"nonce": hello.nonce, "ctr": ctr}
        return Sealed(tid=message.tid, jws=write_jws(signed, kid=self._signer.kid, sign=self._signer.sign))
