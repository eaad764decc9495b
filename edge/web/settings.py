"""What the terminal runs under: each setting, and the file and line, or the layer, that it comes from."""

from __future__ import annotations

from edge.web.site import TECHNICIAN, Asking, Shown, View
from edge.web.sources import PageSources


class SettingShown(Shown):
    key: str
    value: str
    source: str


class SettingsShown(Shown):
    settings: tuple[SettingShown, ...]


def settings_view(sources: PageSources) -> View:
    def read(_: Asking) -> SettingsShown:
        return SettingsShown(settings=tuple(
            SettingShown(key=key, value=value, source=source) for key, value, source in sources.settings
        ))  # fmt: skip

    return View("settings", "/settings", SettingsShown, read, TECHNICIAN)
