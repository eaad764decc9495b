"""Cards of people: the owner's, couriers', technicians'; issued on paper here, and revoked at once (product row 95)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from edge.model.account import Role as Login
from edge.model.badge import Badge, Role
from edge.model.masking import masked_name
from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.shop_facts import ShopFacts
from edge.web.site import Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/cards"
MAX_DAYS = 3_650


class CardShown(Shown):
    """`name` is masked. `state`: valid, expired or revoked, `since`: when it became so; `until`: empty for ever."""

    id: str
    role: Role
    name: str
    carrier: str
    state: str
    since: str
    until: str


class Cards(Shown):
    """Valid ones first, the newest first. `roles`: whose cards whoever asks may issue."""

    cards: tuple[CardShown, ...]
    roles: tuple[Role, ...]


class IssueForm(Form):
    """`days`: empty for a card that does not end."""

    role: Role
    name: str = Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")
    days: Annotated[int | None, BeforeValidator(lambda typed: typed or None)] = Field(None, ge=1, le=MAX_DAYS)


class RevokeForm(Form):
    card: str = Field(min_length=1, max_length=32)


def cards_view(shop: ShopFacts) -> View:
    def read(asking: Asking) -> Cards:
        now = shop.local()
        found = [_shown(badge, now) for badge in shop.badges()]
        found.sort(key=lambda one: one.since, reverse=True)
        return Cards(cards=tuple(sorted(found, key=lambda one: one.state != "valid")), roles=_issues(asking.account))

    return View("cards", PATH, Cards, read)


def card_actions(sources: PageSources) -> tuple[Action, ...]:
    def issue(form: IssueForm, doing: Doing) -> Told:
        """Whoever has an owner's card is the owner at the counter: only the owner makes another."""
        if form.role not in _issues(doing.account):
            return Told(End.REFUSED, "cards.not_yours", field="role")
        args = {"role": form.role.value, "name": form.name} | ({"days": form.days} if form.days else {})
        return give(sources.order, "card.issue", args, doing, "cards.issued")

    def revoke(form: RevokeForm, doing: Doing) -> Told:
        """Anybody's, by anybody who is here: a card that is lost is worse than one that must be made anew."""
        return give(sources.order, "card.revoke", {"badge": form.card}, doing, "cards.revoked", card=form.card)

    return Action(f"{PATH}/issue", PATH, IssueForm, issue), Action(f"{PATH}/revoke", PATH, RevokeForm, revoke)


def _issues(account: Login) -> tuple[Role, ...]:
    return tuple(Role) if account is Login.OWNER else tuple(role for role in Role if role is not Role.OWNER)


def _shown(badge: Badge, now: datetime) -> CardShown:
    state, since = "valid", badge.issued_at
    if badge.revoked_at is not None:
        state, since = "revoked", badge.revoked_at
    elif badge.expires_at is not None and badge.is_over(now):
        state, since = "expired", badge.expires_at
    return CardShown(
        id=badge.id, role=badge.role, name=masked_name(badge.name), carrier=badge.carrier, state=state,
        since=since.isoformat(), until=badge.expires_at.isoformat() if badge.expires_at else "",
    )  # fmt: skip
