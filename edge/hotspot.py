"""The box's own Wi-Fi, an access point of NetworkManager's: raised, found, taken down.

    profile, in memory only: mode ap, WPA2, ipv4 shared ──► NetworkManager's dnsmasq gives phones an address, and
                                                            leads each name to the box (systemd/edge-hotspot.conf)

A power cut forgets it. While settings are on trial it is left alone: the trial takes it down where it wants the radio,
and NetworkManager brings it back with what was before. NetworkManager 1.42, "D-Bus API Reference": Device.Wireless,
Settings; "nm-settings-dbus": 802-11-wireless, ipv4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from edge.errors import NetworkRefused
from edge.model.hotspot import PREFIX
from edge.model.network import Hotspot
from edge.network_talk import NM, NOTHING, ROOT, SECURITY, Talk, active_profile, until_up

SETTINGS = f"{ROOT}/Settings"
ID = "edge-hotspot"
"""Of the profile: only what bears it is ever taken down."""
WIFI = 2
CAN_BE_POINT = 0x40
"""Of a Wi-Fi device's capabilities: access point mode."""
_Profile = dict[str, dict[str, tuple[str, Any]]]


def raise_on(talk: Talk, wanted: Hotspot, most_s: float) -> None:
    """On the first radio that can do it, whatever Wi-Fi it was in. Raises NetworkRefused, then there is none."""
    _refuse_on_trial(talk)
    device = next((path for path in talk.call(ROOT, NM, "GetDevices") if is_possible(talk, path)), None)
    if device is None:
        raise NetworkRefused("no_ap", "no radio of this box can be an access point")
    _forget(talk)
    _, active, _ = talk.values(
        ROOT, NM, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}",
        (_profile(wanted), device, NOTHING, {"persist": ("s", "memory")}),
    )  # fmt: skip
    try:
        until_up(talk, device, str(active), most_s)
    except NetworkRefused as error:
        _forget(talk)
        raise NetworkRefused("failed", "the access point does not come up", got=error.got) from error


def drop(talk: Talk) -> None:
    """The Wi-Fi that its radio was in before comes back. Raises NetworkRefused while settings are on trial."""
    _refuse_on_trial(talk)
    for device in [path for path in talk.call(ROOT, NM, "GetDevices") if is_possible(talk, path)]:
        if _is_ours(_settings(talk, active_profile(talk, talk.facts(device, f"{NM}.Device")))):
            _forget(talk)
            with suppress(NetworkRefused):  # on a new box there is no Wi-Fi that it could go back to
                talk.call(ROOT, NM, "ActivateConnection", "ooo", (NOTHING, device, NOTHING))
    _forget(talk)  # of one whose radio has gone into somebody's Wi-Fi the profile is left


def found(talk: Talk, devices: Iterable[Mapping[str, Any]]) -> Hotspot | None:
    """The one that is there or coming up; `devices`: their properties. Without its key, where that is not told."""
    for device in devices:
        profile = active_profile(talk, device)
        settings = _settings(talk, profile)
        if _is_ours(settings):
            (address,) = settings["ipv4"]["address-data"][1]
            return Hotspot(
                bytes(settings["802-11-wireless"]["ssid"][1]).decode(errors="replace"),
                _key(talk, profile), str(address["address"][1]),
            )  # fmt: skip
    return None


def is_possible(talk: Talk, device: str) -> bool:
    """Whether it is a radio that can be an access point."""
    if talk.facts(device, f"{NM}.Device").get("DeviceType") != WIFI:
        return False
    return bool(talk.facts(device, f"{NM}.Device.Wireless").get("WirelessCapabilities", 0) & CAN_BE_POINT)


def _refuse_on_trial(talk: Talk) -> None:
    if talk.facts(ROOT, NM).get("Checkpoints"):
        raise NetworkRefused("busy", "other settings are on trial")


def _forget(talk: Talk) -> None:
    for profile in _ours(talk):
        talk.call(profile, f"{NM}.Settings.Connection", "Delete")


def _ours(talk: Talk) -> Iterator[str]:
    for profile in talk.call(SETTINGS, f"{NM}.Settings", "ListConnections") or ():
        if _is_ours(_settings(talk, str(profile))):
            yield str(profile)


def _settings(talk: Talk, profile: str) -> _Profile:
    """Empty for one that is gone meanwhile, or none."""
    if not profile:
        return {}
    try:
        settings: _Profile = talk.call(profile, f"{NM}.Settings.Connection", "GetSettings") or {}
    except NetworkRefused as error:
        if error.cause == "none":
            raise
        return {}
    return settings


def _key(talk: Talk, profile: str) -> str:
    try:
        secrets = talk.call(profile, f"{NM}.Settings.Connection", "GetSecrets", "s", (SECURITY,)) or {}
    except NetworkRefused as error:
        if error.cause == "none":
            raise
        return ""
    return str(secrets.get(SECURITY, {}).get("psk", ("s", ""))[1])


def _is_ours(settings: _Profile) -> bool:
    return bool(settings.get("connection", {}).get("id", ("s", ""))[1] == ID)


def _profile(wanted: Hotspot) -> _Profile:
    """2.4 GHz: each phone has it, and no country forbids it."""
    return {
        "connection": {"id": ("s", ID), "type": ("s", "802-11-wireless"), "autoconnect": ("b", False)},
        "802-11-wireless": {"ssid": ("ay", wanted.ssid.encode()), "mode": ("s", "ap"), "band": ("s", "bg")},
        SECURITY: {
            "key-mgmt": ("s", "wpa-psk"), "psk": ("s", wanted.key), "proto": ("as", ["rsn"]),
            "pairwise": ("as", ["ccmp"]), "group": ("as", ["ccmp"]),
        },
        "ipv4": {
            "method": ("s", "shared"),
            "address-data": ("aa{sv}", [{"address": ("s", wanted.address), "prefix": ("u", PREFIX)}]),
        },
        "ipv6": {"method": ("s", "ignore")},
    }  # fmt: skip
