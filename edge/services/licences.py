"""Which services the shop's licences let it sell: judged from the signed texts, each time anew (product decision 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.codec.licence import read_licence
from edge.errors import WireError
from edge.messages import Say, Tone
from edge.model.licence import NONE, OTHER_SHOP, Licence
from edge.model.licence_records import ServiceBarred
from edge.model.platform import Platforms, ServiceOffer
from edge.ports import Licences, LicenceShelf, Transaction
from edge.services.refusal import refuse
from edge.services.suspending import WORDS as SUSPENDED

KNOWN_AT_MOST = 64
"""Texts whose signature was found good, so that it is reckoned once: a shop has one of each platform."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose licences count, and where its day turns."""

    store: str
    terminal: str
    zone: ZoneInfo


def _never() -> bool:
    return False


class StoreLicences:
    """See `ports.Licences`. `keys`: who may sign, by kid. A day is the calendar's in the shop's zone.

    `suspended`: whether the cloud has paused all that needs a licence.
    """

    def __init__(
        self, shelf: LicenceShelf, platforms: Platforms, keys: Mapping[str, bytes], shop: Shop, *,
        suspended: Callable[[], bool] = _never,
    ) -> None:  # fmt: skip
        self._suspended = suspended
        self.shelf = shelf
        self.platforms = platforms
        self.keys = keys
        self.shop = shop
        self._good: dict[str, Licence] = {}

    def is_suspended(self) -> bool:
        return self._suspended()

    def why_not(self, service: str, at: datetime) -> str | None:
        if self._suspended():
            return SUSPENDED
        offers = [offer for offer in self.platforms.services if service in (offer.id, offer.kind.value)]
        refusals = [self._refusal(offer, at) for offer in offers]
        return None if None in refusals else next(iter(refusals), NONE)

    def standing(self, platform: str) -> Licence | None:
        """What is kept of a platform and is genuine and of this shop, whether it has begun or ended; None: nothing."""
        signed = self.shelf.find(platform).signed
        try:
            licence = self.judged(signed) if signed else None
        except WireError:
            return None
        return licence if licence is not None and licence.platform == platform else None

    def judged(self, signed: str) -> Licence:
        """Raises WireError for one that is not genuine, and auth.denied for another shop's."""
        if signed not in self._good:
            licence = read_licence(signed, self.keys)
            if len(self._good) >= KNOWN_AT_MOST:
                self._good.clear()
            self._good[signed] = licence
        licence = self._good[signed]
        if not licence.is_of(self.shop.store, self.shop.terminal):
            raise WireError("auth.denied", "a licence of another shop", expected=self.shop.store, got=licence.store)
        return licence

    def states(self, at: datetime) -> Iterator[tuple[str, str, str]]:
        """(platform, number, "until 2026-12-31" or what is wrong with it), of each platform with services."""
        day = at.astimezone(self.shop.zone).date()
        for platform in dict.fromkeys(offer.platform for offer in self.platforms.services):
            licence = self.standing(platform)
            if licence is None:
                refused = self.shelf.find(platform).refused
                yield platform, "", _TROUBLES.get(refused, "none")
            else:
                trouble = licence.trouble(day)
                yield platform, licence.number, _TROUBLES[trouble] if trouble else f"until {licence.ends}"

    def _refusal(self, offer: ServiceOffer, at: datetime) -> str | None:
        licence = self.standing(offer.platform)
        if licence is None:
            return self.shelf.find(offer.platform).refused or NONE
        return licence.refusal(offer, at.astimezone(self.shop.zone).date())


_TROUBLES = {
    "lic.none": "none", "lic.forged": "none, the last one was not genuine", OTHER_SHOP: "none, another shop's came",
    "lic.withdrawn": "withdrawn", "lic.early": "not yet begun", "lic.over": "ended",
}  # fmt: skip


def bar(offer: ServiceOffer, why: str, tx: Transaction) -> None:
    """Say why a service is not sold, and journal it; nothing has been paid."""
    tx.append(ServiceBarred(offer.id, offer.platform, why))
    tx.after_commit(Say(why, Tone.ERROR))


def licensed(offers: Sequence[ServiceOffer], licences: Licences, tx: Transaction) -> list[ServiceOffer]:
    """Those of `offers` that may be sold now; where there are none, why is said."""
    refusals = [licences.why_not(offer.id, tx.stamp.at) for offer in offers]
    found = [offer for offer, why in zip(offers, refusals, strict=True) if why is None]
    if not offers:
        refuse(Say("svc.none", Tone.ERROR), tx)
    elif not found:
        bar(offers[0], refusals[0] or NONE, tx)
    return found


def bars(service: str, licences: Licences, tx: Transaction) -> bool:
    """Whether the offer `service` is not to be sold now; why, is said then."""
    why, offer = licences.why_not(service, tx.stamp.at), licences.platforms.service(service)
    if why is None:
        return False
    if offer is None:
        refuse(Say("svc.none", Tone.ERROR), tx, offer=service)
    else:
        bar(offer, why, tx)
    return True
