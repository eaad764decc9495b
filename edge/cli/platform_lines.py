"""What `edge check` says of the shop's platforms: what each of them brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from edge.config_tables import ShopPlatforms
from edge.model.platform import Platforms
from edge.platform_file import load_platforms


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
