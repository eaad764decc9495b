"""The cloud's promotions (product row 120).

promo.publish {set?, ver, promotions: {id: {kind, name, …}}}      class N

A set is replaced as a whole; one without promotions is over. What a promotion has is what the shop's own file has
(docs/promotions.md), days as text; the terminal reads it as strictly, and refuses all of it for one that is wrong.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from edge.codec.wire_term import Part

PUBLISH = "promo.publish"
MAX_VERSION = 2**53


class PromotionArgs(Part):
    """`set`: whose they are, where several tell of some; `ver` rises with each change of it."""

    set: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,23}$")] = "cloud"
    ver: Annotated[int, Field(ge=1, le=MAX_VERSION)]
    promotions: dict[str, dict[str, Any]]
