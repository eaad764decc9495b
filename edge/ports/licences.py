"""The licences of a shop as the services see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from edge.model.licence import KeptLicence
from edge.model.platform import Platforms


class Licences(Protocol):
    @property
    def platforms(self) -> Platforms: ...

    def is_suspended(self) -> bool:
        """Whether the cloud has paused new services and parcels."""
        ...

    def why_not(self, service: str, at: datetime) -> str | None:
        """The prompt that says why a service is not to be sold at this moment; None: it is.

        `service` is the id of an offer, or a kind: of a kind it is enough that one platform may.
        """
        ...


class LicenceShelf(Protocol):
    """What is kept of each platform, across power cuts."""

    def find(self, platform: str) -> KeptLicence:
        """An empty one where nothing is kept, or nothing that can be read."""
        ...

    def keep(self, platform: str, kept: KeptLicence) -> None:
        """Durable on return. Raises DiskFull or StoreError."""
        ...

    def all(self) -> Mapping[str, KeptLicence]: ...
