"""Who the box is to the cloud, wired: its keys, what looks after them, what of it the cloud may command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from edge.bus import Bus
from edge.clock import Timeline
from edge.cloud.enrolment import renew
from edge.codec.certificate import CertificateFacts
from edge.codec.topics import Topics
from edge.codec.wire_identity import ROTATE
from edge.config import Settings
from edge.enrolled import KEYS, cloud_files, enrolment_url, is_enrolled
from edge.jobs import Jobs
from edge.outside import Outside
from edge.services.commands import CarryOut
from edge.services.link import Link
from edge.services.renewal import Renewal
from edge.services.untrusted_clock import SetClock, UntrustedClock
from edge.store.key_shelf import KeyShelf

_log = logging.getLogger("edge.cloud")


def open_identity(
    settings: Settings, bus: Bus, jobs: Jobs, link: Link, topics: Topics, outside: Outside, timeline: Timeline
) -> Mapping[str, CarryOut]:
    """Nothing to look after without TLS. Certificates that the settings name are looked at, never renewed."""
    cloud, data_dir = settings.cloud, settings.terminal.data_dir
    if cloud is None or cloud.cert_file is None:
        return {}
    renews = is_enrolled(cloud, data_dir)
    keys = KeyShelf(data_dir / KEYS, outside.disk.reached, None if renews else cloud.cert_file)
    renewal = Renewal(
        bus, keys, tid=settings.terminal.tid, topics=topics, online=link.online, tries_next=lambda: link.tries_next,
        run=jobs.submit, renews=renews, knock=_door(keys, data_dir, settings.terminal.tid),
    )  # fmt: skip
    UntrustedClock(bus, run=jobs.submit)
    bus.route(SetClock, lambda order: step_clock(order, outside, timeline))
    return {ROTATE: renewal.rotate}


def _door(keys: KeyShelf, data_dir: Path, tid: str) -> Callable[[], CertificateFacts] | None:
    url = enrolment_url(data_dir)
    return None if url is None else lambda: renew(keys, url, cloud_files(data_dir).roots, tid)


def step_clock(order: SetClock, outside: Outside, timeline: Timeline) -> None:
    """The step itself is journaled with the next message, as every other is."""
    if outside.set_clock(order.at):
        timeline.told()
        _log.warning("the clock was set to %s, as the cloud shows it", order.at)
    else:
        _log.error("the clock is wrong, and this process may not set it: it wants CAP_SYS_TIME")
