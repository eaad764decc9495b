"""The box's own Wi-Fi: its name and key, and when it is there (product row 102).

A box that nobody has set up, without a network, raises one, and keeps it until there is a network and a password.
One that is set up never does by itself: a technician raises it for half an hour.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from edge.model.network import Hotspot, Network

ALONE_S = 45.0
"""A router that came up with the box has answered by then; the radio takes some seconds more, and 90 are allowed."""
BY_HAND_S = 30 * 60
LEAVES_S = 120.0
"""Who has set up the box by it reads where the page is now."""
PREFIX = 24
KEY_LENGTH = 12
"""60 bits: who records how a phone joins may try keys at home."""
_KEY_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's, small: a phone's keyboard begins with those."""
_SSID_OF_TID = 6


class Step(StrEnum):
    LEAVE = "leave"
    RAISE = "raise"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Course:
    """`is_new`: nobody has ever chosen a password. `is_first`: it was raised by itself, and what it is for is not done.
    `by_hand`: a technician has it for some minutes still. `alone_s`: for so long there is no network; `served_s`: for
    so long there are a network, which nobody may take back, and a password.
    """

    is_new: bool
    is_first: bool
    by_hand: bool
    alone_s: float = 0.0
    served_s: float = 0.0


def hotspot_of(tid: str, key: str, address: str) -> Hotspot:
    return Hotspot(f"EDGE-{tid[-_SSID_OF_TID:]}", key, address)


def new_key(chance: Random) -> str:
    """`chance` must be the system's (`random.SystemRandom`)."""
    return "".join(chance.choice(_KEY_SIGNS) for _ in range(KEY_LENGTH))


def wifi_code(hotspot: Hotspot) -> str:
    """What a phone's camera joins by; name and key have none of the signs that it would want escaped."""
    return f"WIFI:T:WPA;S:{hotspot.ssid};P:{hotspot.key};;"


def is_there(network: Network) -> bool:
    """Whether the box is in somebody's network: it has an address in it, and not one that it gave itself."""
    return any(
        one.state == "up" and not one.is_hotspot and any(map(_is_given, one.addresses)) for one in network.interfaces
    )


def is_taken(address: str, network: Network) -> bool:
    """Whether it is a cable's own already."""
    return any(
        address == found.partition("/")[0]
        for one in network.interfaces
        if not one.is_hotspot
        for found in one.addresses
    )


def next_step(network: Network, course: Course, address: str) -> Step:
    """What is on trial is not touched: the trial's end brings back what was."""
    if network.trial is not None or course.by_hand:
        return Step.LEAVE
    is_wanted = course.is_new or (course.is_first and course.served_s < LEAVES_S)
    if network.hotspot is not None:
        return Step.LEAVE if is_wanted else Step.DROP
    is_possible = any(one.can_be_hotspot for one in network.interfaces) and not is_taken(address, network)
    return Step.RAISE if is_wanted and is_possible and course.alone_s >= ALONE_S else Step.LEAVE


def _is_given(address: str) -> bool:
    return not ipaddress.ip_interface(address).is_link_local
