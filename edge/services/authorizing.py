"""An app's code at the parcel desk: whose it is, only the cloud can say, and it says so with its signature (row 59).

    card 快递取件 ─┐
    card 快递入库 ─┴► app's code ──► up/req parcel.authorize ──► grant ──► `Commands`: signature, session, counter
                                                                            └──► doors and places │ a courier is here

The code is in that one question and nowhere else; of a courier's the hash is kept, so that it opens the desk without a
network, too, for some hours and with less rights: what that courier brought, and no more.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from edge.bus import Bus
from edge.codec import wire_parcel as wire
from edge.codec.badge import ID_LENGTH
from edge.codec.wire_down import Response, Signed
from edge.errors import WireError
from edge.messages import AppCodeScanned, BadgeAccepted, Say, Tone
from edge.model.badge import Badge, Role
from edge.model.counter import Waiting, at_rest
from edge.model.parcel import CLAIMABLE
from edge.model.records import AuthPassed
from edge.ports import Badges, Transaction
from edge.services.badge_desk import KeepBadge
from edge.services.badges import WRONG as WRONG_BADGES
from edge.services.basket import basket_view
from edge.services.commands import Answered, Ordered
from edge.services.parcel_desk import desk_of
from edge.services.parcel_requests import ParcelRequests
from edge.services.pickup import WRONG as WRONG_CODES
from edge.services.pickup import CodeRight
from edge.services.wrong_tries import WrongTries

ANSWER_S = 12.0
"""An answer that has not come by then is too late for who stands here."""
APP = "app"
"""How a parcel was collected; and who issued a courier's badge."""

Use = Literal["pickup", "courier"]
_WAITS: Mapping[Use, str] = MappingProxyType({"pickup": "parcel.locked", "courier": "badge.wait"})
_OFFLINE: Mapping[Use, str] = MappingProxyType({"pickup": "app.offline", "courier": "app.no_badge"})
_LATE: Mapping[Use, str] = MappingProxyType({"pickup": "app.late", "courier": "app.no_badge"})


@dataclass(frozen=True, slots=True)
class AskOver:
    """A timer: has the question `cid` had its answer?"""

    cid: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """The question that is out. `mark`: the hash of the code."""

    cid: str
    use: Use
    device: str
    mark: str


class Authorizing:
    """One question at a time, in RAM: after a start the code is shown once more."""

    def __init__(self, bus: Bus, requests: ParcelRequests, badges: Badges) -> None:
        self._bus = bus
        self._requests = requests
        self._badges = badges
        self._wrong: Mapping[Use, WrongTries] = {
            "pickup": WrongTries(WRONG_CODES), "courier": WrongTries(WRONG_BADGES)
        }  # fmt: skip
        self._out: _Shown | None = None
        bus.on(AppCodeScanned, self._shown)
        bus.on(Response, self._answered)
        bus.on(AskOver, self._over)
        bus.on(Ordered, self._granted)

    # --- a code is shown -------------------------------------------------------------------------------------------

    def _shown(self, scan: AppCodeScanned, tx: Transaction) -> None:
        use = _use(tx)
        if use is None:
            return
        mark = hashlib.sha256(scan.text.encode("utf-8", "surrogatepass")).hexdigest()
        if (wait_s := self._wrong[use].of(scan.device, tx).wait_s(tx.stamp.mono)) > 0:
            tx.after_commit(Say(_WAITS[use], Tone.ERROR, words=(("n", str(math.ceil(wait_s / 60))),)))
            return
        badge = self._lately(mark, tx) if use == "courier" and self._requests.online() else None
        if badge is not None and badge.carrier:
            self._comes_in(badge, _Shown("", use, scan.device, mark), tx)  # the cloud has said so already
            return
        cid = self._requests.send(wire.AUTHORIZE, wire.AuthorizeArgs(token=scan.text, use=use), about=mark, tx=tx)
        shown = _Shown(cid, use, scan.device, mark)
        self._out = shown if cid else None
        if not cid:
            self._without_cloud(shown, _OFFLINE[use], tx)
            return
        self._bus.after(ANSWER_S, AskOver(cid))
        tx.after_commit(Say("app.wait"))

    def _over(self, over: AskOver, tx: Transaction) -> None:
        shown = self._out
        if shown is None or shown.cid != over.cid:
            return
        self._out = None
        if _use(tx) == shown.use:
            self._without_cloud(shown, _LATE[shown.use], tx)

    def _without_cloud(self, shown: _Shown, prompt: str, tx: Transaction) -> None:
        """A courier whom the cloud has named here lately comes in, with what needs nobody's word."""
        badge = self._lately(shown.mark, tx) if shown.use == "courier" else None
        if badge is None:
            tx.after_commit(Say(prompt, Tone.ERROR))
            return
        if badge.carrier:
            self._badges.keep(replace(badge, carrier=""))
        self._comes_in(badge, shown, tx)

    def _lately(self, mark: str, tx: Transaction) -> Badge | None:
        found = (badge for badge in self._badges.all() if badge.hash == mark and badge.role is Role.COURIER)
        return next((badge for badge in found if not badge.is_over(tx.stamp.at)), None)

    # --- what the cloud says ---------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        shown = self._out
        if shown is None or response.cid != shown.cid or response.more:
            return
        answer = wire.read_authorized(response.out) if response.ok else None
        if answer is not None:
            tx.after_commit(Signed(jws=answer.grant))
            return
        self._out = None
        if response.err is not None and response.err.retry:
            self._without_cloud(shown, _LATE[shown.use], tx)
        else:
            self._wrong[shown.use].wrong(shown.device, tx)
            tx.after_commit(Say("app.refused", Tone.ERROR))

    def _granted(self, ordered: Ordered, tx: Transaction) -> None:
        """Its signature is good; what it grants is looked at here."""
        if ordered.type != wire.GRANT:
            return
        try:
            grant = wire.read_grant(ordered.args)
        except WireError as error:
            self._refuse(ordered, "schema.invalid", error.what, tx)
            return
        shown, self._out = self._out, None
        if shown is None or grant.req != shown.cid or _use(tx) != shown.use:
            self._refuse(ordered, "auth.denied", "nobody waits for it here any more", tx)
        elif (grant.courier is None) is not (shown.use == "pickup"):
            self._refuse(ordered, "auth.denied", f"asked for {shown.use}", tx)
        elif grant.courier is not None:
            self._welcome(grant.courier, shown, ordered, tx)
        else:
            self._hand_out(grant.waybills, shown, ordered, tx)

    def _hand_out(self, waybills: tuple[str, ...], shown: _Shown, ordered: Ordered, tx: Transaction) -> None:
        found = [parcel for waybill in waybills if (parcel := tx.parcels.by_waybill(waybill)) is not None]
        here = tuple(parcel.id for parcel in found if parcel.state in CLAIMABLE)
        self._wrong[shown.use].right(shown.device, tx)
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(CodeRight(here, APP, shown.device) if here else Say("app.nothing", Tone.ATTENTION))
        tx.after_commit(Answered(ordered.cid, "done", out={"parcels": len(here)}))

    def _welcome(self, courier: wire.GrantedCourier, shown: _Shown, ordered: Ordered, tx: Transaction) -> None:
        own = hashlib.sha256(f"{courier.carrier or ''}/{courier.id}".encode()).hexdigest()[:ID_LENGTH]
        known = self._badges.find(own)
        if known is not None and known.revoked_at is not None:
            self._refuse(ordered, "auth.denied", "this courier's badge was revoked here", tx)
            tx.after_commit(Say("badge.revoked", Tone.ERROR))
            return
        until = tx.stamp.at + timedelta(hours=courier.hours)
        badge = Badge(
            own, shown.mark, Role.COURIER, courier.name, tx.stamp.at, until, carrier=courier.carrier or ""
        )  # fmt: skip
        tx.after_commit(KeepBadge(badge, APP, ordered.cid))
        self._comes_in(badge, shown, tx)

    def _comes_in(self, badge: Badge, shown: _Shown, tx: Transaction) -> None:
        self._wrong[shown.use].right(shown.device, tx)
        tx.append(AuthPassed(shown.device, badge.role.value, badge.id))
        tx.after_commit(BadgeAccepted(badge.role, badge.id, tx.stamp.mono))

    def _refuse(self, ordered: Ordered, code: str, msg: str, tx: Transaction) -> None:
        tx.after_commit(Answered(ordered.cid, "rejected", code=code, msg=msg))


def _use(tx: Transaction) -> Use | None:
    """What an app's code can mean here now; at the desk it is a courier's only before the first parcel."""
    if tx.counter.waiting is Waiting.PICKUP:
        return "pickup"
    desk = desk_of(tx) if tx.counter.waiting is Waiting.PARCEL_IN and tx.counter.verb is None else None
    return "courier" if desk is not None and not desk.by and not desk.count else None
