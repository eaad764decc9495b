"""The licences of the counter's bench, as `edge.daemon` builds them; and a shop that has one of each platform.

shop = CounterBench(folder, Habits(licence_keys=keys_of_all()))
license_all(shop.licences)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from habits import Habits

from edge.bus import Bus
from edge.codec.licence import write_licence
from edge.codec.topics import Topics
from edge.model.licence import KeptLicence, Licence
from edge.model.platform import Platforms, ServiceKind
from edge.platform_file import load_platforms
from edge.reference_cloud.seal import Signer
from edge.services.licence_desk import DeskText, LicenceDesk
from edge.services.licences import Shop, StoreLicences
from edge.store.documents import Documents
from edge.store.licences import LICENCES, LicenceBook

STORE = "S-00817"


def _signer(platform: str) -> Signer:
    return Signer(platform, platform.encode().ljust(32, b"."))


def keys_of_all(platforms: Platforms | None = None) -> Mapping[str, bytes]:
    signers = map(_signer, (platforms or load_platforms()).active)
    return {
        signer.kid: Ed25519PrivateKey.from_private_bytes(signer.seed).public_key().public_bytes_raw()
        for signer in signers
    }


def license_all(licences: StoreLicences, *, ends: date = date(2099, 12, 31), version: int = 1) -> None:
    """From now on the shop may sell all services of all its platforms."""
    for platform in licences.platforms.active:
        signer, kinds = _signer(platform), frozenset(kind.value for kind in ServiceKind)
        licence = Licence(
            f"{platform}-1", version, platform, "", licences.shop.store, licences.shop.terminal, kinds,
            date(2026, 1, 1), ends,
        )  # fmt: skip
        signed = write_licence(licence, kid=signer.kid, sign=signer.sign)
        licences.shelf.keep(platform, KeptLicence(signed))


def licence_services(
    bus: Bus, documents: Documents, habits: Habits, zone: ZoneInfo, *, tid: str, topics: Topics,
    online: Callable[[], bool], suspended: Callable[[], bool],
) -> StoreLicences:  # fmt: skip
    shelf = LicenceBook(documents.collection(LICENCES))
    licences = StoreLicences(shelf, habits.platforms, habits.licence_keys, Shop(STORE, tid, zone), suspended=suspended)
    LicenceDesk(bus, licences, DeskText("小店", "zh-CN"), topics=topics, online=online)
    return licences
