"""What one shop's box hands on to the next, wired: made of the page's layer, read from what somebody brought."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from edge import __version__
from edge.clock import Clock, iso_ms
from edge.codec.shop_template import read_template, write_template
from edge.config import Settings
from edge.errors import StickRefused
from edge.model.backup import FROM_STICK
from edge.model.configuration import KeptConfig
from edge.model.found_port import FoundPort
from edge.model.shop_template import ENDINGS, template_of
from edge.model.stick import Stick
from edge.store.disk import Disk
from edge.store.given import TEMPLATE_FILE, Given, drop_given, given_blocks
from edge.store.stick_files import read_file, stick_files
from edge.web.template_facts import LookedAt, TemplateFacts


class OwnTemplate:
    """`kept`: the page's layer; `found`: what is plugged in. What was looked at stays in memory: it is small, and
    nothing has changed by it.
    """

    def __init__(
        self, settings: Settings, clock: Clock, disk: Disk, kept: Callable[[], KeptConfig],
        found: Callable[[], Sequence[FoundPort]], sticks: Callable[[], Sequence[Stick]],
    ) -> None:  # fmt: skip
        self._folder = settings.terminal.data_dir
        self._clock = clock
        self._disk = disk
        self._kept = kept
        self._sticks = sticks
        self._found = found
        self._lock = threading.Lock()
        self._looked: LookedAt | None = None

    def facts(self) -> TemplateFacts:
        return TemplateFacts(
            made=self._made, given=lambda name: Given(self._folder, name, self._disk, TEMPLATE_FILE), look=self._look,
            looked=self._newest,
        )  # fmt: skip

    def _made(self) -> bytes:
        active = self._kept().active
        body = active.body if active is not None else {}
        at = iso_ms(self._clock.wall())
        return write_template(template_of(body, self._found(), app=__version__, made_at=at))

    def _look(self, path: str) -> None:
        """Raises FileRefused, StoreError. A file that was brought goes, whatever it is."""
        octets = self._on_stick(path.removeprefix(FROM_STICK)) if path.startswith(FROM_STICK) else _brought(Path(path))
        looked = LookedAt(hashlib.sha256(octets).hexdigest(), read_template(octets))
        with self._lock:
            self._looked = looked

    def _on_stick(self, key: str) -> bytes:
        file = next((one for one in stick_files(self._sticks(), ENDINGS) if one.key == key), None)
        if file is None:
            raise StickRefused("stick_file")
        return read_file(file, TEMPLATE_FILE.most_octets)

    def _newest(self) -> LookedAt | None:
        with self._lock:
            return self._looked


def _brought(path: Path) -> bytes:
    try:
        return b"".join(given_blocks(path))
    finally:
        drop_given(path)
