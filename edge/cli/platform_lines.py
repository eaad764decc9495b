"""What `edge check` says of the shop's platforms: what each of them brings, and what it has licensed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edge.config import Settings
from edge.config_tables import ShopPlatforms
from edge.errors import StoreError
from edge.model.licence import KeptLicence
from edge.model.platform import Platforms
from edge.platform_file import load_platforms
from edge.services.licences import Shop, StoreLicences
from edge.store.licences import licences_on_disk


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def platform_lines(table: ShopPlatforms) -> Iterator[str]:
    """A line for all, then one for each: what it brings, as it is here. Raises SettingsError with all that is wrong in
    the shop's own file.
    """
    whole = load_platforms(table.active, table.profile)
    homes = [*sorted(table.active), *([str(table.profile)] if table.profile else [])]
    yield f"platforms: {len(homes)}, good, {', '.join(homes)}"
    shipped, here = _by_kind(load_platforms(table.active)), _by_kind(whole)
    for name in whole.active:
        if name in table.active:
            ours = _by_kind(load_platforms([name]))
            brought = {kind: {id: here[kind][id] for id in ours[kind]} for kind in here}
        else:
            brought = {kind: {id: told for id, told in here[kind].items() if id not in shipped[kind]} for kind in here}
        yield f"  {name} {whole.text(name).name}: {_told(brought)}"


def licence_lines(settings: Settings, keys: Mapping[str, bytes], at: datetime) -> Iterator[str]:
    """What each platform that sells services here has licensed, as far as this terminal was told."""
    own, table = settings.terminal, settings.platforms
    shelf = _OnDisk(licences_on_disk(own.data_dir / "documents"))
    shop = Shop(own.store, own.tid, own.zone)
    licences = StoreLicences(shelf, load_platforms(table.active, table.profile), keys, shop)
    for platform, number, worth in licences.states(at):
        yield f"licence of {platform}: {' '.join(filter(None, (number, worth)))}"


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """Licences to be read, and to be left as they are."""

    kept: Mapping[str, KeptLicence]

    def find(self, platform: str) -> KeptLicence:
        return self.kept.get(platform, KeptLicence())

    def keep(self, platform: str, kept: KeptLicence) -> None:
        raise StoreError("`edge check` changes nothing", where=platform)

    def all(self) -> Mapping[str, KeptLicence]:
        return self.kept


def _by_kind(platforms: Platforms) -> dict[str, dict[str, str]]:
    """Names by id, kind by kind."""
    found: dict[str, Sequence[_Named]] = {
        "carriers": platforms.carriers.all, "wallets": platforms.wallets, "suppliers": platforms.suppliers,
        "services": platforms.services, "warranties": platforms.warranties,
    }  # fmt: skip
    return {kind: {str(one.id): one.name for one in of} for kind, of in found.items()}


def _told(brought: Mapping[str, Mapping[str, str]]) -> str:
    kinds = [f"{kind} {', '.join(f'{id} {name}' for id, name in of.items())}" for kind, of in brought.items() if of]
    return "; ".join(kinds) or "nothing of its own"
