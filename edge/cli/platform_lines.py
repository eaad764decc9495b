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
    """A line for all, then one for each. Raises SettingsError with all that is wrong in the shop's own file."""
    whole = load_platforms(table.active, table.profile)
    homes = [*sorted(table.active), *([str(table.profile)] if table.profile else [])]
    yield f"platforms: {len(homes)}, good, {', '.join(homes)}"
    shipped = {carrier.id for carrier in load_platforms(table.active).carriers.all}
    for name in whole.active:
        ours = {carrier.id for carrier in load_platforms([name]).carriers.all} if name in table.active else set()
        carriers = [carrier for carrier in whole.carriers.all if carrier.id in (ours or {carrier.id} - shipped)]
        yield f"  {name} {whole.text(name).name}: {_brought(whole, name, carriers)}"


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


def _brought(whole: Platforms, platform: str, carriers: Sequence[_Named]) -> str:
    """A wallet that several platforms bring is told of the first."""
    mine = {
        "carriers": carriers,
        "wallets": [wallet for wallet in whole.wallets if wallet.platform == platform],
        "suppliers": [supplier for supplier in whole.suppliers if supplier.platform == platform],
        "services": [service for service in whole.services if service.platform == platform],
    }
    told = [f"{what} {', '.join(f'{one.id} {one.name}' for one in of)}" for what, of in mine.items() if of]
    return "; ".join(told) or "nothing of its own"
