"""What each terminal's settings shall be, and what it says of them: the newest is told until it is answered (P14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.config_body import SIGNED, canonical_sha, check_body
from edge.codec.json_text import compact, read_object
from edge.codec.jws import write_jws
from edge.codec.wire_down import CfgDesired
from edge.codec.wire_term import Message
from edge.codec.wire_up import CfgReported, Request
from edge.errors import SettingsError, WireError
from edge.reference_cloud.seal import Sealed, Signer
from edge.reference_cloud.store import CloudStore

MAX_INLINE_OCTETS = 32 * 1024


class SealedConfig(Sealed):
    """A signed configuration on its way."""


class Configs:
    """Writes within the store's open transaction. `signer` None: what must be signed waits for a cloud that can."""

    def __init__(self, store: CloudStore, clock: Clock, signer: Signer | None) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer

    def want(self, tid: str, body: Mapping[str, Any], *, confirm_s: int, since: int) -> int:
        """Its version, above `since`, which the terminal has. Raises WireError for what no cloud may set."""
        check_body(body, canonical_sha(body), signed=True)
        text = compact(body)
        if len(text.encode()) > MAX_INLINE_OCTETS:
            raise WireError("cfg.invalid", "too large", expected=f"{MAX_INLINE_OCTETS} B", got=f"{len(text)} letters")
        found = self._store.rows("SELECT ver FROM config WHERE tid = ?", (tid,))
        ver = max(since, found[0][0] if found else 0) + 1
        self._store.run(
            "INSERT OR REPLACE INTO config(tid, ver, body, confirm_s, at) VALUES(?, ?, ?, ?, ?)",
            (tid, ver, text, confirm_s, iso_ms(self._clock.wall())),
        )
        return ver

    def wanted(self, tid: str) -> CfgDesired | None:
        for ver, text, confirm_s in self._store.rows("SELECT ver, body, confirm_s FROM config WHERE tid = ?", (tid,)):
            body = read_object(text.encode())
            return CfgDesired(tid=tid, ver=ver, sha=canonical_sha(body), confirm_s=confirm_s, body=body)
        return None

    def reported(self, tid: str) -> CfgReported | None:
        found = self._store.rows("SELECT cfg FROM terminal WHERE tid = ? AND cfg IS NOT NULL", (tid,))
        return CfgReported.model_validate(read_object(found[0][0].encode())) if found else None

    def messages(self, tid: str) -> list[Message]:
        """What is to be sent: nothing where the newest was answered, whatever the answer was."""
        desired, told = self.wanted(tid), self.reported(tid)
        if desired is None or (told is not None and told.ver >= desired.ver):
            return []
        return self._sealed(desired)

    def got(self, request: Request) -> dict[str, object]:
        """The answer to cfg.get: the newest, whatever became of it; `ver` 0: none was ever wanted."""
        desired = self.wanted(request.tid)
        if desired is None:
            return {"ver": 0, "body": None}
        found = self._sealed(desired)
        if not found:
            raise WireError("auth.denied", "this cloud has no key to sign it with")
        told = found[0].wire()
        return {key: value for key, value in told.items() if key not in ("v", "tid")}

    def _sealed(self, desired: CfgDesired) -> list[Message]:
        if not SIGNED & (desired.body or {}).keys():
            return [desired]
        if self._signer is None:
            return []
        jws = write_jws(desired.wire(), kid=self._signer.kid, sign=self._signer.sign)
        return [SealedConfig(tid=desired.tid, jws=jws)]


def body_of(tables: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The tables of a settings file as a body. Raises SettingsError with what a JSON document cannot hold."""
    try:
        return read_object(compact(dict(tables)).encode())
    except (TypeError, ValueError, WireError) as error:
        raise SettingsError(
            f"it cannot be sent: {error}", where=name, expected="texts, whole numbers, true, false and lists"
        ) from error
