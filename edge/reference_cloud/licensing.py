"""The platforms as licensers: what they let a shop sell, signed with their keys and kept for the asking.

A licence is of one terminal here. Each new word on it, a renewal or a withdrawal, is one version higher.
"""

from __future__ import annotations

from dataclasses import replace

from edge.codec.licence import write_licence
from edge.codec.wire_down import Response
from edge.codec.wire_licence import GET, PUT
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.model.licence import Licence
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore

KINDS = (GET,)
TTL_S = 7 * 24 * 3_600
"""Of the command that carries one; a terminal that was off for longer asks after its welcome."""

__all__ = ["KINDS", "PUT", "TTL_S", "Licensing"]


class Licensing:
    def __init__(self, store: CloudStore) -> None:
        self._store = store

    def issue(self, licence: Licence, signer: Signer) -> str:
        """The signed text, kept in place of any other of this platform; its version is reckoned here."""
        version = self._version(licence.terminal, licence.platform) + 1
        signed = write_licence(replace(licence, version=version), kid=signer.kid, sign=signer.sign)
        self._store.run(
            "INSERT OR REPLACE INTO licence(tid, platform, version, signed) VALUES(?, ?, ?, ?)",
            (licence.terminal, licence.platform, version, signed),
        )
        return signed

    def of(self, tid: str) -> tuple[str, ...]:
        """The signed texts of a terminal, of each platform the newest."""
        found = self._store.rows("SELECT signed FROM licence WHERE tid = ? ORDER BY platform", (tid,))
        return tuple(str(signed) for (signed,) in found)

    def signed(self, tid: str, platform: str) -> str:
        """Raises WireError where there is none."""
        found = self._store.rows("SELECT signed FROM licence WHERE tid = ? AND platform = ?", (tid, platform))
        if not found:
            raise WireError("auth.denied", f"{platform} has no licence for {tid}")
        return str(found[0][0])

    def answer(self, request: Request) -> Response:
        """The same question gets what is true now: a retry may be told of a renewal."""
        out = {"licences": list(self.of(request.tid))}
        return Response(tid=request.tid, cid=request.cid, ok=True, out=out)

    def _version(self, tid: str, platform: str) -> int:
        found = self._store.rows("SELECT version FROM licence WHERE tid = ? AND platform = ?", (tid, platform))
        return int(found[0][0]) if found else 0
