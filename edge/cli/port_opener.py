"""Which ports a settings file means: real ones, and `sim://` ones where it names any."""

from __future__ import annotations

from edge.channel import open_port
from edge.clock import SystemClock
from edge.config import Settings
from edge.ports import OpenPort


def opener(settings: Settings) -> OpenPort:
    """Simulated devices are imported only when one is named."""
    if not any(str(getattr(device.settings, "port", "")).startswith("sim://") for device in settings.devices.values()):
        return open_port
    from edge.sim.shelf import plugged_in

    return plugged_in(settings.devices, SystemClock()).open_port
