"""The box's network: what there is, and new settings that are tried and then kept (product row 111)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from edge.model.hotspot import BY_HAND_S, is_taken, is_there
from edge.model.network import TRIAL_S, Broken, Hotspot, How, Interface, Kind, Network, is_host, is_in_net
from edge.web.box import BoxFacts
from edge.web.forms import Form, NoWords
from edge.web.ordering import give
from edge.web.overview import now
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/network"
TRY = "network.try"
HOTSPOT, HOTSPOT_OFF = "hotspot.raise", "hotspot.drop"
CAUSES = frozenset(
    {"password", "dhcp", "absent", "unplugged", "gone", "busy", "elsewhere", "over", "none", "failed", "no_ap"}
)  # fmt: skip
"""Of `errors.NetworkRefused`; each has a sentence."""
_LATELY = 10
_NAME = r"^[A-Za-z0-9._-]{1,15}$"
MAX_DNS = 3


class InterfaceShown(Shown):
    """See `model.network.Interface`."""

    name: str
    kind: Kind
    state: str
    how: How
    address: str
    prefix: int
    gateway: str
    dns: tuple[str, ...]
    ssid: str
    is_hotspot: bool


class HeardShown(Shown):
    ssid: str
    strength: int
    locked: bool


class HotspotShown(Shown):
    """The box's own Wi-Fi. `can`: whether one can be raised: yes; radio: none that could; settings: they name no
    address for it; taken: a cable has it. `ssid`, `key` and `url` of one that is up; empty: none is. Where no slip is
    `printed`, those of one that is coming up, too. `alone`: without it nobody could reach the box.
    """

    can: str
    ssid: str
    key: str
    url: str
    alone: bool
    minutes: int
    printed: bool


class TrialShown(Shown):
    """`here`: whether this page was opened at the address on trial; `addresses`: where it can be."""

    interface: str
    left_s: int
    here: bool
    addresses: tuple[str, ...]


class NetworkShown(Shown):
    """`failed`: why the newest change was refused, one of CAUSES; empty: it was not."""

    interfaces: tuple[InterfaceShown, ...]
    heard: tuple[HeardShown, ...]
    trial: TrialShown | None
    hotspot: HotspotShown | None
    """Without a radio there is none."""
    changeable: bool
    addresses: tuple[str, ...]
    """Where nothing tells of interfaces: what the machine has."""
    failed: str
    link: str
    """Empty, as `broker`: the page knows of no cloud."""
    broker: str
    trial_s: int
    broken: Broken
    """Told by the page of a box that did not start."""


class WireForm(Form):
    """Of a manual address all but gateway and servers is wanted; of an automatic one nothing counts."""

    interface: str = Field(pattern=_NAME)
    how: How
    address: str = Field("", max_length=15, validate_default=True)
    prefix: int = Field(24, ge=8, le=30)
    gateway: str = Field("", max_length=15, validate_default=True)
    dns: str = Field("", max_length=60)

    @field_validator("prefix", mode="before")
    @classmethod
    def _usual(cls, prefix: object) -> object:
        return 24 if prefix == "" else prefix

    @field_validator("address")
    @classmethod
    def _is_address(cls, address: str, info: ValidationInfo) -> str:
        if info.data.get("how") is How.MANUAL and not is_host(address, 24):
            raise ValueError("network.address.wrong" if address else "form.missing")
        return address

    @field_validator("gateway")
    @classmethod
    def _is_near(cls, gateway: str, info: ValidationInfo) -> str:
        told = info.data
        counts = gateway and told.get("how") is How.MANUAL and told.get("address") and "prefix" in told
        if counts and not is_in_net(gateway, told["address"], told["prefix"]):
            raise ValueError("network.gateway.wrong")
        return gateway

    @field_validator("dns")
    @classmethod
    def _are_addresses(cls, dns: str) -> str:
        servers = servers_of(dns)
        try:
            for one in servers:
                ipaddress.IPv4Address(one)
        except ValueError:
            raise ValueError("network.dns.wrong") from None
        if len(servers) > MAX_DNS:
            raise ValueError("network.dns.wrong")
        return dns


class WifiForm(Form):
    """No password: an open network. WPA takes 8 to 63 characters."""

    interface: str = Field(pattern=_NAME)
    ssid: str = Field(min_length=1, max_length=32)
    password: str = Field("", max_length=63)

    @field_validator("ssid")
    @classmethod
    def _fits(cls, ssid: str) -> str:
        if len(ssid.encode()) > 32:
            raise ValueError("network.ssid.wrong")
        return ssid

    @field_validator("password")
    @classmethod
    def _is_long(cls, password: str) -> str:
        if password and not (len(password) >= 8 and password.isascii() and password.isprintable()):
            raise ValueError("network.password.wrong")
        return password


def servers_of(typed: str) -> list[str]:
    return [one for one in re.split(r"[\s,;，；、]+", typed) if one]


def network_view(sources: PageSources) -> View:
    def read(asking: Asking) -> NetworkShown:
        state, network = now(sources), sources.box.network() or Network(())
        return shown(
            network, asking.at, hotspot=_hotspot(network, sources.box),
            addresses=() if network.interfaces else tuple(sources.box.addresses()), failed=_failed(sources),
            link=state.link, broker=sources.broker,
        )  # fmt: skip

    return View("network", PATH, NetworkShown, read, TECHNICIAN)


def shown(
    network: Network, at: str, *, hotspot: HotspotShown | None = None, addresses: tuple[str, ...] = (),
    failed: str = "", link: str = "", broker: str = "", broken: Broken = Broken.WELL,
) -> NetworkShown:  # fmt: skip
    """`at`: where the page was opened."""
    return NetworkShown(
        interfaces=tuple(_interface(one) for one in network.interfaces),
        heard=tuple(HeardShown(ssid=one.ssid, strength=one.strength, locked=one.is_locked)
                    for one in network.heard),
        trial=_trial(network, at), hotspot=hotspot, changeable=network.changeable, addresses=addresses, failed=failed,
        link=link, broker=broker, trial_s=TRIAL_S, broken=broken,
    )  # fmt: skip


def network_actions(sources: PageSources) -> tuple[Action, ...]:
    def tried(args: Mapping[str, object], doing: Doing) -> Told:
        return _told(give(sources.order, TRY, args, doing, "network.tried"))

    def keep(doing: Doing) -> Told:
        return _told(give(sources.order, "network.keep", {"at": came_in_at(doing)}, doing, "network.kept"))

    def undo(doing: Doing) -> Told:
        return _told(give(sources.order, "network.undo", {}, doing, "network.undone"))

    def hotspot(_: NoWords, doing: Doing) -> Told:
        is_printed = sources.box.hotspot_kept is None
        told = _told(give(sources.order, HOTSPOT, {}, doing, "hotspot.up" if is_printed else "hotspot.up_here"))
        soon = "hotspot.soon" if is_printed else "hotspot.soon_here"
        return Told(told.end, soon) if told.end is End.RUNNING else told

    def hotspot_off(_: NoWords, doing: Doing) -> Told:
        return _told(give(sources.order, HOTSPOT_OFF, {}, doing, "hotspot.down"))

    return (
        Action(f"{PATH}/hotspot", PATH, NoWords, hotspot, TECHNICIAN),
        Action(f"{PATH}/hotspot-off", PATH, NoWords, hotspot_off, TECHNICIAN),
        *changing(tried, keep, undo),
    )


def changing(
    tried: Callable[[Mapping[str, object], Doing], Told], keep: Callable[[Doing], Told], undo: Callable[[Doing], Told]
) -> tuple[Action, ...]:
    """The forms, whoever carries them out. `tried` gets what `services.networking.wanted_of` reads."""

    def attempt(args: Mapping[str, object], doing: Doing) -> Told:
        told = tried(args, doing)
        return Told(told.end, "network.soon") if told.end is End.RUNNING else told

    def wire(form: WireForm, doing: Doing) -> Told:
        args: dict[str, object] = {"interface": form.interface, "how": form.how.value}
        if form.how is How.MANUAL:
            address = f"{form.address}/{form.prefix}"
            args |= {"address": address, "gateway": form.gateway, "dns": servers_of(form.dns)}
        return attempt(args, doing)

    def wifi(form: WifiForm, doing: Doing) -> Told:
        args = {"interface": form.interface, "how": How.AUTO.value, "ssid": form.ssid, "password": form.password}
        return attempt(args, doing)

    return (
        Action(f"{PATH}/wire", PATH, WireForm, wire, TECHNICIAN),
        Action(f"{PATH}/wifi", PATH, WifiForm, wifi, TECHNICIAN),
        Action(f"{PATH}/keep", PATH, NoWords, lambda _, doing: keep(doing), TECHNICIAN),
        Action(f"{PATH}/undo", PATH, NoWords, lambda _, doing: undo(doing), TECHNICIAN),
    )


def came_in_at(doing: Doing) -> str:
    """The address of this box at which its page was asked."""
    return urlsplit(doing.at).hostname or ""


def why_not(cause: str) -> Told:
    """`cause`: of `errors.NetworkRefused`."""
    return Told(End.REFUSED, f"network.why.{cause if cause in CAUSES else 'failed'}")


def _told(told: Told) -> Told:
    """Why it was refused, in a sentence of its own."""
    return why_not(told.detail) if told.key == "order.failed" and told.detail in CAUSES else told


def _interface(one: Interface) -> InterfaceShown:
    address, _, prefix = (one.addresses[0] if one.addresses else "").partition("/")
    return InterfaceShown(
        name=one.name, kind=one.kind, state=one.state, how=one.how, address=address,
        prefix=int(prefix) if prefix else 24, gateway=one.gateway, dns=one.dns, ssid=one.ssid,
        is_hotspot=one.is_hotspot,
    )  # fmt: skip


def _hotspot(network: Network, box: BoxFacts) -> HotspotShown | None:
    radios = [one for one in network.interfaces if one.kind is Kind.WIFI]
    if not radios:
        return None
    url, kept = box.hotspot_url, box.hotspot_kept
    up = network.hotspot or (kept() if kept is not None else None)
    can = (
        "radio" if not any(one.can_be_hotspot for one in radios) else "settings" if not url
        else "taken" if is_taken(urlsplit(url).hostname or "", network) else "yes"
    )  # fmt: skip
    alone, minutes = not is_there(network), round(BY_HAND_S / 60)
    if up is None:
        up, url = Hotspot("", "", ""), ""
    return HotspotShown(
        can=can, ssid=up.ssid, key=up.key, url=url, alone=alone, minutes=minutes, printed=kept is None
    )  # fmt: skip


def _trial(network: Network, at: str) -> TrialShown | None:
    trial, here = network.trial, urlsplit(at)
    if trial is None:
        return None
    hosts = [
        address.partition("/")[0] for one in network.interfaces if one.name == trial.interface
        for address in one.addresses
    ]  # fmt: skip
    places = tuple(f"{here.scheme}://{host}:{here.port}{PATH}" for host in hosts)
    return TrialShown(interface=trial.interface, left_s=trial.left_s, here=here.hostname in hosts, addresses=places)


def _failed(sources: PageSources) -> str:
    newest = next((one for one in sources.commands(_LATELY) if one.type in (TRY, HOTSPOT)), None)
    return newest.why if newest is not None and newest.state == "failed" and newest.why in CAUSES else ""
