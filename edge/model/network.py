"""The box's network as a page shows and changes it: interfaces, what they have, and settings on trial."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum

TRIAL_S = 90
"""New settings that nobody confirms from their own address are taken back (product row 111)."""


class Kind(StrEnum):
    WIRE = "wire"
    WIFI = "wifi"


class How(StrEnum):
    """How an interface comes by its address."""

    AUTO = "auto"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Interface:
    """`addresses` with their prefix, as "192.168.1.7/24". `state` is up, connecting, down or unplugged. `ssid` of the
    Wi-Fi it is in; empty: in none. `is_hotspot`: it is not in somebody's Wi-Fi, but makes one.
    """

    name: str
    kind: Kind
    state: str
    how: How = How.AUTO
    addresses: tuple[str, ...] = ()
    gateway: str = ""
    dns: tuple[str, ...] = ()
    ssid: str = ""
    is_hotspot: bool = False
    can_be_hotspot: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A Wi-Fi that is in reach; `strength` in percent."""

    ssid: str
    strength: int
    is_locked: bool


@dataclass(frozen=True, slots=True)
class OnTrial:
    """Settings that are taken back in `left_s`, and the interface they are of."""

    interface: str
    left_s: int


@dataclass(frozen=True, slots=True)
class Hotspot:
    """The box's own Wi-Fi, with WPA2. `address`: the box's in it."""

    ssid: str
    key: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class Network:
    """`changeable`: whether something here takes orders (NetworkManager). `hotspot`: there, or coming up."""

    interfaces: tuple[Interface, ...]
    heard: tuple[Heard, ...] = ()
    trial: OnTrial | None = None
    changeable: bool = False
    hotspot: Hotspot | None = None


class Broken(StrEnum):
    """The first part on the way from the box to the internet that does not work. WELL: none is known."""

    WELL = "well"
    CABLE = "cable"
    LINE = "line"
    ADDRESS = "address"
    GATEWAY = "gateway"
    SERVERS = "servers"
    ROUTER = "router"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an interface is to be. `address` with its prefix; empty, as `gateway` and `dns`, where `how` is AUTO."""

    interface: str
    how: How
    address: str = ""
    gateway: str = ""
    dns: tuple[str, ...] = ()
    ssid: str = ""
    password: str = field(default="", repr=False)


def is_host(address: str, prefix: int) -> bool:
    """Whether a host can have this IPv4 address: not the name of its net, nor what all in it listen to."""
    try:
        face = ipaddress.IPv4Interface(f"{address}/{prefix}")
    except ValueError:
        return False
    own = face.ip
    is_edge = own in (face.network.network_address, face.network.broadcast_address)
    return not (is_edge or own.is_loopback or own.is_multicast or own.is_link_local or own.is_unspecified)


def is_in_net(gateway: str, address: str, prefix: int) -> bool:
    """Whether a gateway can be reached from there, and is somebody else."""
    try:
        face = ipaddress.IPv4Interface(f"{address}/{prefix}")
        return gateway != address and ipaddress.IPv4Address(gateway) in face.network
    except ValueError:
        return False


def broken_part(network: Network) -> Broken:
    """By what the box has been given; whether router and name servers answer must be tried."""
    up = [one for one in network.interfaces if one.state == "up"]
    with_address = [one for one in up if any(not _is_makeshift(address) for address in one.addresses)]
    out = [one for one in with_address if one.gateway]
    if not up:
        is_out = all(one.state == "unplugged" for one in network.interfaces)
        return Broken.CABLE if is_out else Broken.LINE
    if not with_address:
        return Broken.ADDRESS
    if not out:
        return Broken.GATEWAY
    return Broken.WELL if out[0].dns else Broken.SERVERS


def _is_makeshift(address: str) -> bool:
    """One that a box gives itself where no router does."""
    return ipaddress.IPv4Interface(address).is_link_local
