"""The box is enrolled with the cloud: the address, the code and the fingerprint that the technician was given."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from edge.codec.wire_identity import CODE, FINGERPRINT, read_address, read_code, read_fingerprint
from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.site import TECHNICIAN, Action, Doing, End, Shown, Told
from edge.web.sources import PageSources

CLAIM = "cloud.claim"
_LATELY = 10


class ClaimShown(Shown):
    """The newest attempt: `state` is running, done or failed, `why` in English where it failed."""

    state: str
    why: str
    at: str


class ClaimForm(Form):
    """The code and the fingerprint as they are read: with dashes, blanks and colons, in any case."""

    url: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str, Field(min_length=1, max_length=20)]
    fingerprint: Annotated[str, Field(min_length=1, max_length=100)]

    @field_validator("url")
    @classmethod
    def _is_place(cls, url: str) -> str:
        if read_address(url) is None or not url.isascii():
            raise ValueError("claim.url.wrong")
        return url

    @field_validator("code")
    @classmethod
    def _is_code(cls, code: str) -> str:
        if CODE.fullmatch(read_code(code)) is None:
            raise ValueError("claim.code.wrong")
        return read_code(code)

    @field_validator("fingerprint")
    @classmethod
    def _is_mark(cls, fingerprint: str) -> str:
        mark = read_fingerprint(fingerprint)
        if FINGERPRINT.fullmatch(mark) is None:
            raise ValueError("claim.fingerprint.wrong")
        return mark


def newest_claim(sources: PageSources) -> ClaimShown | None:
    """None: nobody tried lately."""
    found = next((one for one in sources.commands(_LATELY) if one.type == CLAIM), None)
    return ClaimShown(state=found.state, why=found.why, at=found.at) if found is not None else None


def claim_action(sources: PageSources) -> Action:
    def claim(form: ClaimForm, doing: Doing) -> Told:
        args = {"url": form.url, "code": form.code, "fingerprint": form.fingerprint}
        told = give(sources.order, CLAIM, args, doing, "claim.done")
        if told.end is End.RUNNING:
            return Told(End.RUNNING, "claim.running")
        return Told(told.end, "claim.failed", detail=told.detail) if told.key == "order.failed" else told

    return Action("/cloud/claim", "/cloud", ClaimForm, claim, TECHNICIAN)
