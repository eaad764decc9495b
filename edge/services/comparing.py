"""What the cloud has a terminal hold against it: clock, catalogue, configuration; wired."""

from __future__ import annotations

from collections.abc import Mapping

from edge.bus import Bus
from edge.codec.wire_command import CATALOGUE, CONFIG, TIME
from edge.services.catalogue_news import CatalogueNews
from edge.services.catalogue_sync import CatalogueSync
from edge.services.commands import CarryOut
from edge.services.configuring import Configuring
from edge.services.time_sync import TimeSync


def open_comparing(
    bus: Bus, news: CatalogueNews, configuring: Configuring, *, steps: bool
) -> Mapping[str, CarryOut]:  # fmt: skip
    """`steps`: whether a welcome may step the clock. After both."""
    return {
        TIME: TimeSync(bus, steps=steps).order,
        CATALOGUE: CatalogueSync(bus, news).order,
        CONFIG: configuring.resend,
    }
