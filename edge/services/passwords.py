"""Passwords of the page: chosen by who is logged in; a wrong one is an event (contract C33, C46)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.bus import Bus
from edge.clock import iso_ms
from edge.errors import DiskFull
from edge.messages import LoginRefused
from edge.model.records import AuthFailed
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.technician import KeepAccount

CHOOSE = "password.choose"
PAGE = "page"
"""What stands for the device at which somebody was refused."""

_log = logging.getLogger("edge.page")


@dataclass(frozen=True, slots=True)
class PasswordChosen:
    """A message of its own: this account is to be kept, and the command answered."""

    cid: str
    account: KeepAccount = field(repr=False)


class Passwords:
    """`hashed`: of an account, None where there is none; `keep` writes one, and raises DiskFull."""

    def __init__(self, bus: Bus, *, hashed: Callable[[str], str | None], keep: Callable[[KeepAccount], None]) -> None:
        self._hash = hashed
        self._keep = keep
        bus.on(LoginRefused, self._refused)
        bus.on(PasswordChosen, self._chosen)

    def choose(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of CHOOSE. `was` is the hash by which the session came in: who has another account by now chooses nothing."""
        if self._hash(ordered.by) != ordered.args["was"]:
            return Answered(ordered.cid, "rejected", "auth.denied", "the account has another password by now")
        kept = KeepAccount(ordered.by, str(ordered.args["hash"]), iso_ms(tx.stamp.at), own=True)
        tx.after_commit(PasswordChosen(ordered.cid, kept))
        return Answered(ordered.cid, "accepted")

    def _chosen(self, chosen: PasswordChosen, tx: Transaction) -> None:
        """A transaction of its own: it is done once the account is on the disk, and a full disk is told."""
        try:
            self._keep(chosen.account)
        except DiskFull as error:
            tx.after_commit(Answered(chosen.cid, "failed", "store.full", str(error)[:256]))
        else:
            tx.after_commit(Answered(chosen.cid, "done"))

    def _refused(self, refused: LoginRefused, tx: Transaction) -> None:
        _log.warning("a wrong password at the page, from %s", refused.source)
        tx.append(AuthFailed(PAGE, "password", refused.account))
