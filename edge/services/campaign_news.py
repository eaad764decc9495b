"""campaign.publish and campaign.revoke: signed by the platform, for this shop, or refused with a code (row 92).

command ──► signature, shop ──► ended? revoked? older than what is here? ──► kept, in the commit that stores its cid
                  └── sig.*, cmd.wrong_terminal     └── cmd.expired, cmd.replayed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from edge.codec.campaign import PUBLISH, REVOKE, Revocation, read_campaign, written
from edge.codec.json_text import compact
from edge.errors import WireError
from edge.messages import Hush
from edge.model.campaign import Campaign
from edge.model.counter import Counter
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.commands import Answered, CarryOut, Ordered

MAX_RUNNING = 20
"""More than a street has; each of them wants its place on the display."""


class CampaignNews:
    """`keys`: who may sign, as for commands of class S. `tid`: this terminal; another shop's is not ours to show."""

    def __init__(self, keys: Mapping[str, bytes], *, tid: str, zone: ZoneInfo) -> None:
        self._keys = keys
        self._tid = tid
        self._zone = zone

    @property
    def at_once(self) -> dict[str, CarryOut]:
        return {PUBLISH: self.publish, REVOKE: self.revoke}

    def publish(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Twice the same is done twice, and changes nothing the second time: its coupons go on where they were."""
        try:
            told = read_campaign(ordered.args, self._keys, tid=self._tid)
        except WireError as error:
            return _refused(ordered, error.code, error.what)
        if isinstance(told, Revocation):
            return _refused(ordered, "schema.invalid", "this is a revocation")
        known = tx.campaigns.version(told.id)
        if told.last < ordered.now.astimezone(self._zone).date():
            return _refused(ordered, "cmd.expired", f"it ended on {told.last}")
        if known is not None and known[1]:
            return _refused(ordered, "cmd.replayed", "it was revoked; a new one needs a new id")
        if known is not None and told.version < known[0]:
            return _refused(ordered, "cmd.replayed", f"version {known[0]} is here already")
        if known is None and tx.campaigns.count() >= MAX_RUNNING:
            return _refused(ordered, "quota.exceeded", f"at most {MAX_RUNNING} campaigns")
        if known is None or told.version > known[0]:
            self._keep(told, tx)
        return Answered(ordered.cid, "done", out={"campaign": told.id, "ver": told.version})

    def revoke(self, ordered: Ordered, tx: Transaction) -> Answered:
        """At once, whether it was here or not: a publish that is still under way comes too late for good."""
        try:
            told = read_campaign(ordered.args, self._keys, tid=self._tid)
        except WireError as error:
            return _refused(ordered, error.code, error.what)
        if isinstance(told, Campaign):
            return _refused(ordered, "schema.invalid", "this is no revocation")
        known = tx.campaigns.version(told.id)
        if known is not None and told.version < known[0]:
            return _refused(ordered, "cmd.replayed", f"version {known[0]} is here already")
        tx.campaigns.revoke(told.id, told.version, told.last)
        if tx.counter == Counter():  # it may be on the display, or in the air
            tx.after_commit(Hush())
            tx.after_commit(basket_view(tx.counter))
        return Answered(ordered.cid, "done", out={"campaign": told.id, "ver": told.version})

    def _keep(self, campaign: Campaign, tx: Transaction) -> None:
        tx.campaigns.keep(campaign, compact(written(replace(campaign, coupons=()), tid=self._tid)))


def _refused(ordered: Ordered, code: str, msg: str) -> Answered:
    return Answered(ordered.cid, "rejected", code=code, msg=msg)
