"""New certificates over MQTT, asked for with the old one; and the end of the old one a day later (contract P17)."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from edge.clock import Clock, iso_ms
from edge.codec.json_text import read_object
from edge.codec.wire_identity import Signed, read_sign_args
from edge.codec.wire_up import Request
from edge.errors import SettingsError, WireError
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, StateOf
from edge.reference_cloud.broker_folder import BrokerFolder
from edge.reference_cloud.key_folder import read_whole
from edge.reference_cloud.store import CloudStore

OLD_FOR = timedelta(hours=24)
"""After cert.renewed; until then a box that lost its new pair can still come with the old one."""
LOOK_S = 600.0
LOOK_BACK = timedelta(days=60)
"""Of renewals that nobody saw to meanwhile, when the cloud starts."""

_log = logging.getLogger("edge.reference_cloud")


class Renewals:
    """`folder`: the authorities' (edge cloud ca init); None: this cloud signs nothing. `state`: see `Authority`."""

    def __init__(self, store: CloudStore, clock: Clock, folder: Path | None, *, state: StateOf) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder
        self._state = state
        self._looked_mono = float("-inf")
        self._seen = iso_ms(clock.wall() - LOOK_BACK)

    def signed(self, request: Request) -> dict[str, object]:
        """`out` of the answer; the topic has proved who asks. Raises WireError."""
        if self._folder is None:
            raise WireError("auth.denied", "this cloud has no authority that signs: edge cloud --ca DIR")
        args = read_sign_args(request.args)
        try:
            issued = Authority(self._folder / DEVICES).sign_terminal(
                args.csr, request.tid, self._state, self._clock.wall()
            )
            roots = read_whole(self._folder / SERVERS / "roots.pem").decode()
        except SettingsError as error:
            _log.error("nothing can be signed: %s", error)
            raise WireError("internal", "the authority does not work now") from error
        _log.info("certificate %s for %s, instead of %s", issued.serial, request.tid, args.cur_serial)
        return Signed(certificate=issued.pem.decode(), roots=roots).model_dump(mode="json")

    def look(self) -> None:
        """Revoke what has been replaced for a day; every ten minutes, however often it is called."""
        now = self._clock.mono()
        if self._folder is None or now - self._looked_mono < LOOK_S:
            return
        self._looked_mono = now
        until = iso_ms(self._clock.wall() - OLD_FOR)
        told = self._store.rows(
            "SELECT tid, body FROM event WHERE type = 'cert.renewed' AND received_at > ? AND received_at <= ?",
            (self._seen, until),
        )
        try:
            self._revoke([old for tid, body in told if (old := self._replaced(tid, body)) is not None])
        except SettingsError as error:
            _log.error("nothing can be revoked: %s", error)
            return
        self._seen = max(self._seen, until)

    def _replaced(self, tid: str, body: str) -> str | None:
        """The old number, where both are this terminal's own: a box speaks for itself only."""
        found, authority = read_object(body.encode()), Authority((self._folder or Path()) / DEVICES)
        old, new = str(found.get("old")), str(found.get("new"))
        return old if old != new and authority.named(old) == tid == authority.named(new) else None

    def _revoke(self, serials: list[str]) -> None:
        folder = self._folder
        if folder is None or not serials:
            return
        authority = Authority(folder / DEVICES)
        if set(serials) - authority.revoked():
            over = authority.revoke(serials, self._clock.wall())
            BrokerFolder(folder).reread()
            _log.info("%d certificates that were replaced a day ago are revoked", len(over))
