"""How it stands with the cloud: the line, what is sent and what waits, who this box is to it."""

from __future__ import annotations

from edge.web.claim import ClaimShown, newest_claim
from edge.web.overview import now
from edge.web.site import Asking, Shown, View
from edge.web.sources import PageSources


class LaneShown(Shown):
    """Of one stream: the number of its newest row, and up to which one the cloud has confirmed all."""

    stream: str
    head: int
    acked: int


class CloudShown(Shown):
    """`epoch` is the identity of this box's ledger; `certificate_until` ISO 8601, empty where there is none."""

    link: str
    unsent: int
    lanes: tuple[LaneShown, ...]
    refused: int
    epoch: str
    broker: str
    certificate_until: str
    claim: ClaimShown | None
    """The newest attempt to enrol this box."""


def cloud_view(sources: PageSources) -> View:
    def read(_: Asking) -> CloudShown:
        state = now(sources)
        return CloudShown(
            link=state.link, unsent=state.unsent, refused=state.refused_messages, epoch=state.epoch,
            lanes=tuple(LaneShown(stream=name, head=head, acked=acked) for name, head, acked in state.positions),
            broker=sources.broker, certificate_until=state.certificate_until, claim=newest_claim(sources),
        )  # fmt: skip

    return View("cloud", "/cloud", CloudShown, read)
