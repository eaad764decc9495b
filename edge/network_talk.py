"""NetworkManager's objects over D-Bus: calls and properties, each by its path and interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edge.errors import NetworkRefused

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection  # type: ignore[import-untyped]  # has no py.typed

NM = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
NOTHING = "/"
SECURITY = "802-11-wireless-security"
REPLY_S = 5.0
ACTIVATE_S = 30.0
"""DHCP of a slow router takes ten seconds; Wi-Fi some more."""
LOOK_S = 0.25
ACTIVATED, DEACTIVATED = 2, 4
"""States of an active connection."""
_WHY = {
    5: "dhcp", 15: "dhcp", 16: "dhcp", 17: "dhcp", 7: "password", 8: "password", 9: "password", 10: "password",
    11: "password", 53: "absent", 40: "unplugged",
}  # fmt: skip
"""Reasons of a device's state that a person can do something about."""


class Talk:
    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection

    def call(self, path: str, interface: str, method: str, signature: str = "", args: tuple[Any, ...] = ()) -> Any:
        """The first value of the reply, None where there is none; raises NetworkRefused."""
        return next(iter(self.values(path, interface, method, signature, args)), None)

    def values(
        self, path: str, interface: str, method: str, signature: str = "", args: tuple[Any, ...] = ()
    ) -> tuple[Any, ...]:
        """All of the reply; raises NetworkRefused."""
        from jeepney import DBusAddress, MessageType, new_method_call  # type: ignore[import-untyped]

        message = new_method_call(DBusAddress(path, NM, interface), method, signature, args)
        try:
            reply = self._connection.send_and_get_reply(message, timeout=REPLY_S)
        except (OSError, TimeoutError) as error:
            raise NetworkRefused("none", "NetworkManager does not answer", where=method, got=str(error)) from error
        if reply.header.message_type is MessageType.error:
            raise NetworkRefused("failed", "NetworkManager refuses", where=method, got=str(reply.body)[:200])
        return tuple(reply.body or ())

    def facts(self, path: str, interface: str) -> dict[str, Any]:
        """All properties of an object that is there; empty for one that is gone."""
        try:
            found = self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "s", (interface,))
        except NetworkRefused as error:
            if error.cause == "none":
                raise
            return {}
        return {name: value for name, (_, value) in (found or {}).items()}


@contextmanager
def talking(bus: str) -> Iterator[Talk]:
    """`bus`: an address, or SYSTEM. Raises NetworkRefused where there is none."""
    from jeepney.io.blocking import open_dbus_connection

    try:
        connection = open_dbus_connection(bus)
    except (OSError, KeyError, ValueError) as error:
        raise NetworkRefused("none", "there is no system bus", got=str(error)) from error
    with connection:
        yield Talk(connection)


def active_profile(talk: Talk, device: Mapping[str, Any]) -> str:
    """The path of the settings that are active on a device, by its properties; empty: none."""
    active = device.get("ActiveConnection", NOTHING)
    if active == NOTHING:
        return ""
    path = talk.facts(active, f"{NM}.Connection.Active").get("Connection", NOTHING)
    return "" if path == NOTHING else str(path)


def until_up(talk: Talk, device: str, active: str, most_s: float) -> None:
    """Waits for an active connection; raises NetworkRefused where it fails, or has not come up in `most_s`."""
    pause = threading.Event()
    for _ in range(round(most_s / LOOK_S)):
        state = talk.facts(active, f"{NM}.Connection.Active").get("State", DEACTIVATED)
        if state == ACTIVATED:
            return
        if state == DEACTIVATED:
            break
        pause.wait(LOOK_S)
    reason = talk.facts(device, f"{NM}.Device").get("StateReason", (0, 0))[1]
    raise NetworkRefused(_WHY.get(reason, "failed"), "the new settings do not work", got=f"reason {reason}")
