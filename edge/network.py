"""The box's network through NetworkManager, over D-Bus: what there is, and new settings that are tried, then kept.

    try ──► checkpoint (90 s) ──► settings in memory only ──► activated ──► keep: saved, checkpoint gone
                                                          │              └─ nobody: NetworkManager takes them back
                                                          └─ refused: taken back at once

The trial is NetworkManager's own: it ends though this process dies, and a power cut forgets what was never saved.
NetworkManager 1.42, "D-Bus API Reference": Checkpoint, Settings.Connection, Device.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from struct import unpack
from typing import Any

from edge import hotspot
from edge.errors import NetworkRefused
from edge.model.network import TRIAL_S, Heard, Hotspot, How, Interface, Kind, Network, OnTrial, Wanted
from edge.network_talk import ACTIVATE_S, NM, NOTHING, ROOT, SECURITY, Talk, active_profile, talking, until_up

HEARD_MAX = 20
IN_MEMORY = 0x2
"""Flag of Update2: a power cut brings the saved settings back."""
CHECKPOINT_FLAGS = 0x2 | 0x4
"""With a rollback goes what was added since: profiles and virtual devices. 0x1 would drop another trial's checkpoint,
and its settings would be what is gone back to.
"""
_KINDS = {1: Kind.WIRE, 2: Kind.WIFI}


class DbusNetwork:
    """Callable from any thread; each call has a connection of its own. `bus`: an address, or SYSTEM."""

    def __init__(self, bus: str = "SYSTEM", *, activate_s: float = ACTIVATE_S) -> None:
        self._bus = bus
        self._activate_s = activate_s

    def look(self, up_ms: int) -> Network | None:
        """`up_ms` is the kernel's boot time. None: there is no NetworkManager."""
        try:
            with talking(self._bus) as talk:
                devices = {path: talk.facts(path, f"{NM}.Device") for path in talk.call(ROOT, NM, "GetDevices")}
                known = {path: one for path, one in devices.items() if one["DeviceType"] in _KINDS}
                faces = [_interface(talk, path, one) for path, one in known.items()]
                trial = _trial(talk, devices, up_ms)
                own = hotspot.found(talk, known.values())
                heard = [one for path, of in known.items() if of["DeviceType"] == 2 for one in _heard(talk, path)]
        except NetworkRefused:
            return None
        foreign = [one for one in heard if own is None or one.ssid != own.ssid]
        strongest = {one.ssid: one for one in sorted(foreign, key=lambda one: one.strength)}
        best = sorted(strongest.values(), key=lambda one: -one.strength)[:HEARD_MAX]
        return Network(tuple(sorted(faces, key=lambda one: one.name)), tuple(best), trial, changeable=True, hotspot=own)

    def attempt(self, wanted: Wanted) -> None:
        """On trial, for TRIAL_S. Raises NetworkRefused; then all is as before."""
        with talking(self._bus) as talk:
            device = _device(talk, wanted.interface)
            if talk.facts(ROOT, NM).get("Checkpoints"):
                raise NetworkRefused("busy", "other settings are on trial")
            checkpoint = talk.call(ROOT, NM, "CheckpointCreate", "aouu", ([device], TRIAL_S, CHECKPOINT_FLAGS))
            try:
                until_up(talk, device, _activate(talk, device, wanted), self._activate_s)
            except NetworkRefused:
                talk.call(ROOT, NM, "CheckpointRollback", "o", (checkpoint,))
                raise

    def keep(self, at: str) -> None:
        """Confirmed by somebody who came in at the address `at`; raises NetworkRefused where that proves nothing."""
        with talking(self._bus) as talk:
            checkpoint, devices = _checkpoint(talk)
            faces = [_interface(talk, path, talk.facts(path, f"{NM}.Device")) for path in devices]
            if at not in {address.partition("/")[0] for face in faces for address in face.addresses}:
                raise NetworkRefused("elsewhere", "the page was not opened at the new address", got=at)
            for path in devices:
                profile = active_profile(talk, talk.facts(path, f"{NM}.Device"))
                if profile and talk.facts(profile, f"{NM}.Settings.Connection").get("Unsaved"):
                    talk.call(profile, f"{NM}.Settings.Connection", "Save")
            # Last: what could not be saved is taken back, and not forgotten by the next power cut.
            talk.call(ROOT, NM, "CheckpointDestroy", "o", (checkpoint,))

    def undo(self) -> None:
        """Back to what was before; raises NetworkRefused when nothing is on trial."""
        with talking(self._bus) as talk:
            talk.call(ROOT, NM, "CheckpointRollback", "o", (_checkpoint(talk)[0],))

    def raise_hotspot(self, wanted: Hotspot) -> None:
        """See `edge.hotspot`; raises NetworkRefused, then there is none."""
        with talking(self._bus) as talk:
            hotspot.raise_on(talk, wanted, self._activate_s)

    def drop_hotspot(self) -> None:
        """The Wi-Fi that was there before comes back; nothing is done where there is no hotspot."""
        with talking(self._bus) as talk:
            hotspot.drop(talk)


def _device(talk: Talk, name: str) -> str:
    for path in talk.call(ROOT, NM, "GetDevices"):
        if talk.facts(path, f"{NM}.Device").get("Interface") == name:
            return str(path)
    raise NetworkRefused("gone", "there is no such interface", got=name)


def _interface(talk: Talk, path: str, device: dict[str, Any]) -> Interface:
    config = talk.facts(device["Ip4Config"], f"{NM}.IP4Config") if device["Ip4Config"] != NOTHING else {}
    plain = [{key: value for key, (_, value) in one.items()} for one in config.get("AddressData", ())]
    servers = [one["address"][1] for one in config.get("NameserverData", ())]
    kind, profile, ssid = _KINDS[device["DeviceType"]], active_profile(talk, device), ""
    settings = talk.call(profile, f"{NM}.Settings.Connection", "GetSettings") if profile else {}
    radio = settings.get("802-11-wireless", {})
    if kind is Kind.WIFI and profile:
        ssid = bytes(radio.get("ssid", ("ay", b""))[1]).decode(errors="replace")
    manual = settings.get("ipv4", {}).get("method", ("s", "auto"))[1] == "manual"
    return Interface(
        str(device["Interface"]), kind, _state(device["State"]), How.MANUAL if manual else How.AUTO,
        tuple(f"{one['address']}/{one['prefix']}" for one in plain), str(config.get("Gateway", "")), tuple(servers),
        ssid, is_hotspot=radio.get("mode", ("s", ""))[1] == "ap",
        can_be_hotspot=kind is Kind.WIFI and hotspot.is_possible(talk, path),
    )  # fmt: skip


def _state(number: int) -> str:
    if number == 100:
        return "up"
    return "unplugged" if number <= 20 else "connecting" if 40 <= number < 100 else "down"


def _heard(talk: Talk, path: str) -> Iterator[Heard]:
    for point in talk.call(path, f"{NM}.Device.Wireless", "GetAllAccessPoints") or ():
        facts = talk.facts(point, f"{NM}.AccessPoint")
        name = bytes(facts.get("Ssid", b"")).decode(errors="replace")
        if name:
            locked = bool(facts["Flags"] & 1 or facts["WpaFlags"] or facts["RsnFlags"])
            yield Heard(name, int(facts["Strength"]), locked)


def _checkpoint(talk: Talk) -> tuple[str, list[str]]:
    """The trial's, and the devices that it is of."""
    paths = talk.facts(ROOT, NM).get("Checkpoints", [])
    if not paths:
        raise NetworkRefused("over", "no settings are on trial")
    return str(paths[0]), list(talk.facts(paths[0], f"{NM}.Checkpoint").get("Devices", []))


def _trial(talk: Talk, devices: dict[str, dict[str, Any]], up_ms: int) -> OnTrial | None:
    paths = talk.facts(ROOT, NM).get("Checkpoints", [])
    if not paths:
        return None
    facts = talk.facts(paths[0], f"{NM}.Checkpoint")
    left_ms = facts["Created"] + 1000 * facts["RollbackTimeout"] - up_ms
    names = [devices[path]["Interface"] for path in facts["Devices"] if path in devices]
    return OnTrial(names[0] if names else "", max(0, left_ms // 1000))


def _activate(talk: Talk, device: str, wanted: Wanted) -> str:
    """The active connection that comes up."""
    profile = active_profile(talk, talk.facts(device, f"{NM}.Device"))
    if wanted.ssid or not profile:
        # The device itself names the connection before for a moment, and that one is up.
        _, active, _ = talk.values(
            ROOT, NM, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}",
            (_new_profile(wanted), device, NOTHING, {"persist": ("s", "memory")}),
        )  # fmt: skip
        return str(active)
    settings = talk.call(profile, f"{NM}.Settings.Connection", "GetSettings") | {"ipv4": _ipv4(wanted)}
    if SECURITY in settings:  # a password is told only to who asks for it, and what is not given back is forgotten
        secrets = talk.call(profile, f"{NM}.Settings.Connection", "GetSecrets", "s", (SECURITY,))
        settings[SECURITY] |= secrets.get(SECURITY, {})
    talk.call(profile, f"{NM}.Settings.Connection", "Update2", "a{sa{sv}}ua{sv}", (settings, IN_MEMORY, {}))
    return str(talk.call(ROOT, NM, "ActivateConnection", "ooo", (profile, device, NOTHING)))


def _new_profile(wanted: Wanted) -> dict[str, dict[str, tuple[str, Any]]]:
    name = wanted.ssid or wanted.interface
    settings = {
        "connection": {"id": ("s", name), "type": ("s", "802-11-wireless" if wanted.ssid else "802-3-ethernet")},
        "ipv4": _ipv4(wanted),
    }
    if wanted.ssid:
        settings["802-11-wireless"] = {"ssid": ("ay", wanted.ssid.encode())}
    if wanted.password:
        settings[SECURITY] = {"key-mgmt": ("s", "wpa-psk"), "psk": ("s", wanted.password)}
    return settings


def _ipv4(wanted: Wanted) -> dict[str, tuple[str, Any]]:
    if wanted.how is How.AUTO:
        return {"method": ("s", "auto")}
    address, _, prefix = wanted.address.partition("/")
    ipv4: dict[str, tuple[str, Any]] = {
        "method": ("s", "manual"),
        "address-data": ("aa{sv}", [{"address": ("s", address), "prefix": ("u", int(prefix))}]),
        "dns": ("au", [unpack("=I", IPv4Address(one).packed)[0] for one in wanted.dns]),
    }
    return ipv4 | ({"gateway": ("s", wanted.gateway)} if wanted.gateway else {})
