"""What the cloud says, on which topic, and at which QoS (contract B2)."""

from __future__ import annotations

from edge.codec.topics import Down, Topics
from edge.codec.wire import payload
from edge.codec.wire_down import Ack, CatNotice, CfgDesired, Command, Resend, Response
from edge.codec.wire_term import Message
from edge.messages import Publish
from edge.reference_cloud.configs import SealedConfig
from edge.reference_cloud.intake import Lane
from edge.reference_cloud.seal import Sealed

_LEAVES: dict[type[Message], tuple[Down, int]] = {
    Ack: (Down.ACK, 0), Resend: (Down.ACK, 0), Command: (Down.CMD, 1), Sealed: (Down.CMD, 1),
    CatNotice: (Down.CAT, 1), Response: (Down.RES, 1), CfgDesired: (Down.CFG, 1), SealedConfig: (Down.CFG, 1),
}  # fmt: skip
"""All others are control messages at QoS 0."""


def published(message: Message, topics: Topics) -> Publish:
    leaf, qos = _LEAVES.get(type(message), (Down.CTL, 0))
    return Publish(topic=topics.down(message.tid, leaf), payload=payload(message), qos=qos)


def ack_of(lane: Lane, at: str) -> Ack:
    """The watermark, and once what was parked below it."""
    ack = Ack.model_validate(
        {"tid": lane.tid, "stream": lane.stream, "epoch": lane.epoch, "upto": lane.spans.upto, "at": at}
    )
    rejections = lane.told()
    return ack.model_copy(update={"rej": tuple(rejections)}) if rejections else ack
