"""Promotions of the cloud beside the shop's own (promo.publish, row 120).

told ──► read as the shop's file is ──► kept ──► no sale is open: in force, journaled
            └── one is wrong, or has an id that is taken: all refused

A sale that is open goes on as it began. All that holds, the shop's and the cloud's, is under the one rule of the lowest
total; what is in force is so after a start, too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.json_text import compact, read_object
from edge.codec.wire import checked
from edge.codec.wire_promotion import PUBLISH, PromotionArgs
from edge.errors import SettingsError, WireError
from edge.messages import SaleBooked, Started
from edge.model.cloud_records import PromotionsApplied
from edge.model.promotion import MAX_PROMOTIONS, Promotion
from edge.ports import PromotionSet, Transaction
from edge.promotion_file import read_told
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.offers import Offers
from edge.settings_table import single_errors

MAX_SETS = 8
"""Beside a new one, of those that are not over; each can have as many promotions as one message holds."""
LOOK_S = 2.0
"""A sale can also end without money."""

_log = logging.getLogger("edge.promotions")


@dataclass(frozen=True, slots=True)
class PromotionsStand:
    """After a commit, at once: no message sees promotions that the ledger does not name."""

    others: tuple[Promotion, ...]


@dataclass(frozen=True, slots=True)
class EnforceDue:
    """A timer: is the sale over?"""


class ToldPromotions:
    def __init__(self, bus: Bus, offers: Offers) -> None:
        self._bus = bus
        self._offers = offers
        self._looks = False
        bus.route(PromotionsStand, lambda stand: offers.stand(stand.others))
        bus.on(Started, self._start)
        bus.on(SaleBooked, lambda _, tx: self._enforce(tx))
        bus.on(EnforceDue, self._due)

    @property
    def at_once(self) -> dict[str, CarryOut]:
        return {PUBLISH: self.publish}

    def publish(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Twice the same is done twice, and changes nothing the second time."""
        try:
            args = checked(PromotionArgs, dict(ordered.args), where=ordered.type)
            self._check(args, read_told(args.promotions), tx)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what[:256])
        except SettingsError as error:
            return Answered(ordered.cid, "rejected", "schema.invalid", str(next(single_errors(error)))[:256])
        body = compact(args.promotions)
        newest = next((kept for kept in reversed(tx.promotion_sets.all()) if kept.name == args.set), None)
        if newest is None or args.ver > newest.version:
            tx.promotion_sets.keep(args.set, args.ver, body)
            self._enforce(tx)
        elif args.ver < newest.version or body != newest.body:
            return Answered(ordered.cid, "rejected", "cmd.replayed", f"version {newest.version} is here already")
        return Answered(ordered.cid, "done", out={"set": args.set, "ver": args.ver, "promotions": len(args.promotions)})

    def _check(self, args: PromotionArgs, told: Sequence[Promotion], tx: Transaction) -> None:
        """What the shop and the other sets have now, in force or waiting. Raises WireError."""
        sets = {kept.name: _tables(kept) for kept in tx.promotion_sets.all() if kept.name != args.set}
        others = {name: tables for name, tables in sets.items() if tables}
        taken = {promotion.id: "the shop's own file" for promotion in self._offers.own}
        for name, tables in others.items():
            taken.update(dict.fromkeys(tables, f"the set {name}"))
        clash = next((promotion.id for promotion in told if promotion.id in taken), None)
        if clash is not None:
            raise WireError("promo.id_taken", f"[{clash}] is in {taken[clash]} already: take another id")
        if told and (len(others) >= MAX_SETS or len(taken) + len(told) > MAX_PROMOTIONS):
            raise WireError("quota.exceeded", f"at most {MAX_SETS} sets and {MAX_PROMOTIONS} promotions in all")

    # --- in force --------------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        self._looks = False
        self._stand(tx)
        self._enforce(tx)

    def _due(self, _: EnforceDue, tx: Transaction) -> None:
        self._looks = False
        self._enforce(tx)

    def _enforce(self, tx: Transaction) -> None:
        waiting = [kept for kept in tx.promotion_sets.all() if not kept.in_force]
        if not waiting:
            return
        if tx.counter.sale is not None:
            if not self._looks:
                self._looks = True
                self._bus.after(LOOK_S, EnforceDue())
            return
        for kept in waiting:
            tx.promotion_sets.enforce(kept.name, kept.version)
            tx.append(PromotionsApplied(kept.name, kept.version, len(_tables(kept))))
        self._stand(tx)

    def _stand(self, tx: Transaction) -> None:
        kept = [one for one in tx.promotion_sets.all() if one.in_force]
        if kept:
            tx.after_commit(PromotionsStand(tuple(self._readable(kept))))

    def _readable(self, sets: Iterable[PromotionSet]) -> Iterator[Promotion]:
        """A set that this version cannot read any more, or an id that the shop's file has by now, is left out: what
        stands on the shelf is the shop's.
        """
        own = {promotion.id for promotion in self._offers.own}
        for kept in sets:
            try:
                told = read_told(_tables(kept))
            except SettingsError as error:
                _log.error("the promotions %s %d of the cloud are left out: %s", kept.name, kept.version, error)
                continue
            for promotion in told:
                if promotion.id in own:
                    _log.error("[%s] of the cloud is left out: the shop's file has one of that name", promotion.id)
                else:
                    yield promotion


def _tables(kept: PromotionSet) -> dict[str, object]:
    """None of a body that is damaged: the shop opens without them, and the cloud can tell of them anew."""
    try:
        return read_object(kept.body.encode())
    except WireError as error:
        _log.error("the promotions %s %d of the cloud cannot be read: %s", kept.name, kept.version, error)
        return {}
