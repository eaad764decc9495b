"""A campaign as it comes from the platform: a signed text in a command of class N (product row 92).

    campaign.publish {campaign: JWS}     {tid, id, ver, first, last, display?, voice?, foot?, coupons?, held_out?}
    campaign.revoke  {campaign: JWS}     {tid, id, ver, last, revoked: true}

The JWS is of type campaign+jws, with a key of `[cloud] command_keys`: whoever only has the broker shows nothing here.
`ver` counts up per id. A revocation counts from its `ver` on; `last` tells until when it must be remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from edge.codec.coupon import MAX_LENGTH, looks_like_coupon
from edge.codec.jws import read_jws
from edge.codec.wire import checked
from edge.codec.wire_term import Day, Part, Tid
from edge.errors import WireError
from edge.model.campaign import (
    MAX_COUPONS,
    MAX_FOOT_LINES,
    MAX_LINE,
    MAX_VOICE,
    MAX_WEEKS,
    Campaign,
    Wording,
    monday,
)

PUBLISH, REVOKE = "campaign.publish", "campaign.revoke"
CAMPAIGN_TYP = "campaign+jws"
MAX_JWS = 60_000

_Line = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_Coupon = Annotated[str, StringConstraints(max_length=MAX_LENGTH)]


class CampaignArgs(Part):
    """`campaign` is the compact JWS of a CampaignBundle."""

    campaign: Annotated[str, StringConstraints(min_length=1, max_length=MAX_JWS)]


class Worded(Part):
    zh: _Line
    en: _Line | None = None

    @property
    def wording(self) -> Wording:
        return Wording(self.zh, self.en or "")


class CampaignBundle(Part):
    """What a shop shows: a text on the display, a voice line, lines at the foot of receipts, a coupon for each of some.

    `first` and `last` are days of the shop, both shown; `held_out` are Mondays of weeks in which nothing is shown.
    `revoked`: nothing of it any more, whatever else is said; `last` tells until when that must be remembered.
    """

    tid: Tid
    id: _Id
    ver: Annotated[int, Field(ge=1, le=10**9)]
    first: Day | None = None
    last: Day
    display: Worded | None = None
    voice: Worded | None = None
    foot: Annotated[tuple[Worded, ...], Field(strict=False, max_length=MAX_FOOT_LINES)] = ()
    coupons: Annotated[tuple[_Coupon, ...], Field(strict=False, max_length=MAX_COUPONS)] = ()
    held_out: Annotated[tuple[Day, ...], Field(strict=False, max_length=MAX_WEEKS)] = ()
    revoked: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        days = [date.fromisoformat(day) for day in (self.first or self.last, self.last, *self.held_out)]
        if days[0] > days[1]:
            raise ValueError("it ends before it begins")
        if any(day != monday(day) for day in days[2:]):
            raise ValueError("a week is held out by its Monday")
        words = [line.wording for line in (self.display, self.voice, *self.foot) if line is not None]
        if not all((one.zh + one.en).isprintable() for one in words):
            raise ValueError("a text has signs that nobody can print")
        if self.voice is not None and max(len(self.voice.zh), len(self.voice.en or "")) > MAX_VOICE:
            raise ValueError(f"a voice line has {MAX_VOICE} characters at most")
        if not all(looks_like_coupon(text) for text in self.coupons):
            raise ValueError("a coupon is no signed text")
        if self.revoked is None and self.first is None:
            raise ValueError("it needs a first day")
        return self


@dataclass(frozen=True, slots=True)
class Revocation:
    """Of all versions up to this one; nobody shows the id again until `last` is over."""

    id: str
    version: int
    last: date


def read_campaign(args: Mapping[str, Any], keys: Mapping[str, bytes], *, tid: str) -> Campaign | Revocation:
    """The signed word in the arguments of either command.

    Raises WireError: sig.*, cmd.wrong_terminal, schema.invalid.
    """
    signed = checked(CampaignArgs, args, where="the arguments").campaign
    bundle = checked(CampaignBundle, read_jws(signed, keys, typ=CAMPAIGN_TYP), where="campaign")
    if bundle.tid != tid:
        raise WireError("cmd.wrong_terminal", "this campaign is signed for another shop", got=bundle.tid)
    return _campaign(bundle)


def read_kept(body: object) -> Campaign:
    """One that was read before, from the ledger. Raises WireError."""
    found = _campaign(checked(CampaignBundle, body, where="a campaign in the ledger"))
    if isinstance(found, Revocation):
        raise WireError("schema.invalid", "a revoked campaign is not shown")
    return found


def written(campaign: Campaign, *, tid: str) -> dict[str, Any]:
    """The payload of its JWS, and how it is kept."""
    told: dict[str, Any] = {
        "tid": tid, "id": campaign.id, "ver": campaign.version, "first": campaign.first.isoformat(),
        "last": campaign.last.isoformat(),
    }  # fmt: skip
    for name, wording in (("display", campaign.display), ("voice", campaign.voice)):
        if wording:
            told[name] = _worded(wording)
    if campaign.foot:
        told["foot"] = [_worded(line) for line in campaign.foot]
    if campaign.coupons:
        told["coupons"] = list(campaign.coupons)
    if campaign.held_out:
        told["held_out"] = sorted(day.isoformat() for day in campaign.held_out)
    return told


def _worded(wording: Wording) -> dict[str, str]:
    return {"zh": wording.zh or wording.en} | ({"en": wording.en} if wording.en else {})


def _campaign(bundle: CampaignBundle) -> Campaign | Revocation:
    last = date.fromisoformat(bundle.last)
    if bundle.revoked:
        return Revocation(bundle.id, bundle.ver, last)
    return Campaign(
        bundle.id, bundle.ver, date.fromisoformat(bundle.first or bundle.last), last,
        bundle.display.wording if bundle.display else Wording(),
        bundle.voice.wording if bundle.voice else Wording(),
        tuple(line.wording for line in bundle.foot), bundle.coupons,
        frozenset(date.fromisoformat(day) for day in bundle.held_out),
    )  # fmt: skip
