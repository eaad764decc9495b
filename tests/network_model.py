"""NetworkManager as a page of a box meets it: a service on a D-Bus of its own, over cables and Wi-Fi that a test gives.

It has physics: a wrong password and a missing DHCP server fail, after the time that they take; what was not saved is
gone after a power cut; a checkpoint that nobody destroys takes back what was changed since. Part of the D-Bus API of
NetworkManager 1.42 only: what `edge.network` calls.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jeepney import HeaderFields, Message, MessageType, message_bus, new_error, new_method_return  # type: ignore[import-untyped]  # has no py.typed
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]

NM = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
NOTHING = "/"
WIRE, WIFI = 1, 2
COMES_UP_S, DHCP_WAITS_S = 0.2, 1.0
LEAVES_S = 0.1
LISTENS_S = 0.02
SECURITY = "802-11-wireless-security"
Settings = dict[str, dict[str, tuple[str, Any]]]


@dataclass
class Lan:
    """What is at the other end of a cable or behind a Wi-Fi. `lease`: what DHCP gives, as "192.168.1.7/24"."""

    lease: str = ""
    gateway: str = ""


@dataclass
class AccessPoint:
    ssid: str
    password: str
    strength: int
    lan: Lan


@dataclass
class _Profile:
    memory: Settings
    saved: Settings | None

    @property
    def unsaved(self) -> bool:
        return self.memory != self.saved


@dataclass
class _Device:
    name: str
    kind: int
    lan: Lan | None = None
    """Of a wire: what it is plugged into."""
    profile: str = ""
    active: str = ""
    before: str = ""
    """The active connection that is named still until `named_mono`."""
    named_mono: float = 0.0
    state: int = 30
    reason: int = 0
    due_mono: float = 0.0
    serial: int = 0
    can_ap: bool = False


@dataclass
class _Checkpoint:
    devices: list[str]
    created_ms: int
    timeout_s: int
    profiles: dict[str, _Profile]
    on: dict[str, str]


@dataclass
class NetworkModel:
    """`mono`: seconds since the kernel came up. Serves in a thread, from `start` to `stop`; hands take the `lock`."""

    bus: str
    mono: Callable[[], float]
    lock: threading.RLock = field(default_factory=threading.RLock)
    air: list[AccessPoint] = field(default_factory=list)
    disk_full: bool = False

    def __post_init__(self) -> None:
        self.tells_secrets = True
        self.devices: dict[str, _Device] = {}
        self.profiles: dict[str, _Profile] = {}
        self.checkpoints: dict[str, _Checkpoint] = {}
        self._actives: dict[str, str] = {}
        self._count = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="networkmanager")
        self._connection: DBusConnection | None = None

    # --- hands -----------------------------------------------------------------------------------------------------

    def add_wire(self, name: str, lan: Lan | None) -> None:
        """With a profile on the disk that asks DHCP, as a box leaves the factory."""
        path = self._path("Devices")
        self.devices[path] = _Device(name, WIRE, lan)
        settings: Settings = {"connection": {"id": ("s", name), "type": ("s", "802-3-ethernet")},
                              "ipv4": {"method": ("s", "auto")}}  # fmt: skip
        profile = self._path("Settings")
        self.profiles[profile] = _Profile(settings, copy.deepcopy(settings))
        self._bring_up(path, profile)

    def add_wifi(self, name: str, *, can_ap: bool = False) -> None:
        self.devices[self._path("Devices")] = _Device(name, WIFI, can_ap=can_ap)

    def plug(self, name: str, lan: Lan | None) -> None:
        """The cable into something else, or out."""
        for path, device in self.devices.items():
            if device.name == name:
                device.lan = lan
                if lan is not None:
                    self._bring_up(path, device.profile)

    def power_cut(self) -> None:
        """Off and on: what is on the disk comes up, and nobody remembers a trial."""
        self.checkpoints.clear()
        self.profiles = {path: _Profile(copy.deepcopy(one.saved), one.saved) for path, one in self.profiles.items()
                         if one.saved is not None}  # fmt: skip
        for path, device in self.devices.items():
            device.state, device.active = 30, ""
            if device.profile in self.profiles:
                self._bring_up(path, device.profile)
            elif device.kind == WIFI:
                self._join_again(path)

    def address(self, name: str) -> str:
        """What the interface has now, with its prefix; empty: nothing."""
        with self.lock:
            self._advance()
            return next((self._addresses(one)[0] for one in self.devices.values() if one.name == name), "")

    def start(self) -> None:
        self._connection = open_dbus_connection(self.bus)
        self._connection.send_and_get_reply(message_bus.RequestName(NM))
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()
        if self._connection is not None:
            self._connection.close()

    # --- physics ---------------------------------------------------------------------------------------------------

    def _path(self, of: str) -> str:
        self._count += 1
        return f"{ROOT}/{of}/{self._count}"

    def _bring_up(self, path: str, profile: str) -> str:
        device = self.devices[path]
        active = self._path("ActiveConnection")
        device.before = device.active if device.state == 100 else ""
        device.named_mono = self.mono() + LEAVES_S
        device.profile, device.active, device.state, device.reason = profile, active, 50, 0
        self._actives[active] = profile
        device.due_mono = self.mono() + (COMES_UP_S if not self._trouble(device) else DHCP_WAITS_S)
        return active

    def _advance(self) -> None:
        now = self.mono()
        for path, point in list(self.checkpoints.items()):
            if 1000 * now >= point.created_ms + 1000 * point.timeout_s:
                self._roll_back(path)
        for device in self.devices.values():
            if device.state == 50 and now >= device.due_mono:
                device.reason = self._trouble(device)
                device.state = 120 if device.reason else 100

    def _lan(self, device: _Device) -> Lan | None:
        if device.kind == WIRE:
            return device.lan
        point = self._point(device)
        return point.lan if point is not None else None

    def _is_point(self, device: _Device) -> bool:
        """Whether it makes a Wi-Fi, or is to."""
        settings = self.profiles[device.profile].memory if device.profile in self.profiles else {}
        return bool(settings.get("802-11-wireless", {}).get("mode", ("s", ""))[1] == "ap")

    def _join_again(self, path: str) -> bool:
        """Into a Wi-Fi that it knows and hears, if there is one."""
        names = {one.ssid.encode() for one in self.air}
        for profile, one in self.profiles.items():
            wifi = one.memory.get("802-11-wireless", {})
            if bytes(wifi.get("ssid", ("ay", b""))[1]) in names and "mode" not in wifi:
                self._bring_up(path, profile)
                return True
        return False

    def _point(self, device: _Device) -> AccessPoint | None:
        settings = self.profiles[device.profile].memory if device.profile in self.profiles else {}
        name = bytes(settings.get("802-11-wireless", {}).get("ssid", ("ay", b""))[1]).decode()
        return next((one for one in self.air if one.ssid == name), None)

    def _trouble(self, device: _Device) -> int:
        """The reason why it does not come up, as NetworkManager numbers them; 0: it does."""
        settings = self.profiles[device.profile].memory
        if self._is_point(device):
            return 0 if device.can_ap else 10
        point = self._point(device)
        if device.kind == WIFI and point is None:
            return 53
        if point is not None and point.password != settings.get(SECURITY, {}).get("psk", ("s", ""))[1]:
            return 7
        lan = self._lan(device)
        if lan is None:
            return 40
        return 0 if settings["ipv4"]["method"][1] == "manual" or lan.lease else 15

    def _addresses(self, device: _Device) -> tuple[str, str]:
        """(address with its prefix, gateway)."""
        lan = self._lan(device)
        if device.state != 100 or (lan is None and not self._is_point(device)):
            return "", ""
        ipv4 = self.profiles[device.profile].memory["ipv4"]
        if ipv4["method"][1] == "auto" and lan is not None:
            return lan.lease, lan.gateway
        (one,) = ipv4["address-data"][1]
        return f"{one['address'][1]}/{one['prefix'][1]}", ipv4.get("gateway", ("s", ""))[1]

    def _roll_back(self, path: str) -> None:
        point = self.checkpoints.pop(path)
        self.profiles = point.profiles
        for device in point.devices:
            before = point.on[device]
            self.devices[device].active = ""
            self.devices[device].state, self.devices[device].profile = 30, before
            if before in self.profiles:
                self._bring_up(device, before)

    # --- the bus ---------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        assert self._connection is not None
        while not self._ending.is_set():
            try:
                message = self._connection.receive(timeout=LISTENS_S)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                with self.lock:
                    self._advance()
                    self._connection.send(self._answered(message))

    def _answered(self, message: Message) -> Message:
        fields = message.header.fields
        path, name = fields[HeaderFields.path], fields[HeaderFields.member]
        try:
            if name == "GetAll":
                return new_method_return(message, "a{sv}", (self._facts(path),))
            signature, value = getattr(self, f"_on_{name.lower()}")(path, *message.body)
        except (KeyError, AttributeError) as error:
            return new_error(message, f"{NM}.UnknownMethod", "s", (f"{name} of {path}: {error!r}",))
        values = value if isinstance(value, tuple) else (value,) if signature else ()
        return new_method_return(message, signature or None, values)

    def _facts(self, path: str) -> Mapping[str, tuple[str, Any]]:
        if path == ROOT:
            return {"Checkpoints": ("ao", list(self.checkpoints))}
        if path in self.devices:
            return self._device_facts(path, self.devices[path])
        if path in self.checkpoints:
            point = self.checkpoints[path]
            return {"Devices": ("ao", point.devices), "Created": ("x", point.created_ms),
                    "RollbackTimeout": ("u", point.timeout_s)}  # fmt: skip
        if path in self.profiles:
            return {"Unsaved": ("b", self.profiles[path].unsaved)}
        if "/AccessPoint/" in path:
            one = self.air[int(path.rpartition("/")[2])]
            return {"Ssid": ("ay", one.ssid.encode()), "Strength": ("y", one.strength), "Flags": ("u", 1),
                    "WpaFlags": ("u", 0), "RsnFlags": ("u", 0x100 if one.password else 0)}  # fmt: skip
        return self._more_facts(path)

    def _more_facts(self, path: str) -> Mapping[str, tuple[str, Any]]:
        """Of active connections, and of what they have."""
        if path.startswith(f"{ROOT}/IP4Config/"):
            address, gateway = self._addresses(self.devices[f"{ROOT}/Devices/{path.rpartition('/')[2]}"])
            host, _, prefix = address.partition("/")
            found = [{"address": ("s", host), "prefix": ("u", int(prefix))}] if address else []
            server = [{"address": ("s", gateway)}] if gateway else []
            return {"AddressData": ("aa{sv}", found), "Gateway": ("s", gateway), "NameserverData": ("aa{sv}", server)}
        if any(self._leaving(one) == path for one in self.devices.values()):
            return {"Connection": ("o", self._actives[path]), "State": ("u", 2)}
        owner = next((one for one in self.devices.values() if one.active == path), None)
        state = 4 if owner is None or owner.state == 120 else 2 if owner.state == 100 else 1
        return {"Connection": ("o", self._actives[path]), "State": ("u", state)}

    def _leaving(self, device: _Device) -> str:
        return device.before if self.mono() < device.named_mono else ""

    def _device_facts(self, path: str, device: _Device) -> Mapping[str, tuple[str, Any]]:
        plugged = device.kind == WIFI or device.lan is not None
        return {
            "Interface": ("s", device.name), "DeviceType": ("u", device.kind),
            "State": ("u", device.state if plugged else 20), "StateReason": ("(uu)", (device.state, device.reason)),
            "ActiveConnection": ("o", self._leaving(device) or device.active or NOTHING),
            "Ip4Config": ("o", path.replace("/Devices/", "/IP4Config/") if device.state == 100 else NOTHING),
            "WirelessCapabilities": ("u", 0x40 if device.can_ap else 0),
        }  # fmt: skip

    def _on_getdevices(self, _: str) -> tuple[str, Any]:
        return "ao", list(self.devices)

    def _on_getallaccesspoints(self, _: str) -> tuple[str, Any]:
        return "ao", [f"{ROOT}/AccessPoint/{number}" for number in range(len(self.air))]

    def _on_getsettings(self, path: str) -> tuple[str, Any]:
        shown = copy.deepcopy(self.profiles[path].memory)
        shown.get(SECURITY, {}).pop("psk", None)
        return "a{sa{sv}}", shown

    def _on_getsecrets(self, path: str, of: str) -> tuple[str, Any]:
        if not self.tells_secrets:
            raise KeyError("no agent tells secrets")
        return "a{sa{sv}}", {of: {"psk": self.profiles[path].memory[of]["psk"]}}

    def _on_update2(self, path: str, settings: Settings, flags: int, _: object) -> tuple[str, Any]:
        self.profiles[path].memory = settings
        if not flags & 0x2:
            self._on_save(path)
        return "a{sv}", {}

    def _on_save(self, path: str) -> tuple[str, Any]:
        if self.disk_full:
            raise KeyError("no room on the disk")
        self.profiles[path].saved = copy.deepcopy(self.profiles[path].memory)
        return "", None

    def _on_listconnections(self, _: str) -> tuple[str, Any]:
        return "ao", list(self.profiles)

    def _on_delete(self, path: str) -> tuple[str, Any]:
        del self.profiles[path]
        for device in self.devices.values():
            if device.profile == path:
                device.profile, device.active, device.state = "", "", 30
        return "", None

    def _on_activateconnection(self, _: str, profile: str, device: str, __: str) -> tuple[str, Any]:
        if profile == NOTHING:
            if not self._join_again(device):
                raise KeyError("no profile fits this device")
            return "o", self.devices[device].active
        return "o", self._bring_up(device, profile)

    def _on_addandactivateconnection2(
        self, _: str, settings: Settings, device: str, __: str, options: Mapping[str, Any]
    ) -> tuple[str, Any]:
        profile = self._path("Settings")
        keeps = options.get("persist", ("s", "disk"))[1] == "disk"
        self.profiles[profile] = _Profile(settings, copy.deepcopy(settings) if keeps else None)
        return "ooa{sv}", (profile, self._bring_up(device, profile), {})

    def _on_checkpointcreate(self, _: str, devices: list[str], timeout_s: int, flags: int) -> tuple[str, Any]:
        if flags & 0x1:
            self.checkpoints.clear()
        if any(set(devices) & set(one.devices) for one in self.checkpoints.values()):
            raise KeyError("a device is part of another checkpoint")
        path = self._path("Checkpoint")
        on = {device: self.devices[device].profile for device in devices}
        self.checkpoints[path] = _Checkpoint(
            devices, round(1000 * self.mono()), timeout_s, copy.deepcopy(self.profiles), on
        )
        return "o", path

    def _on_checkpointdestroy(self, _: str, path: str) -> tuple[str, Any]:
        self.checkpoints.pop(path)
        return "", None

    def _on_checkpointrollback(self, _: str, path: str) -> tuple[str, Any]:
        self._roll_back(path)
        return "a{su}", {}
