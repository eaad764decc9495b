"""The demo's platforms license its shop: a key pair of each, and a licence for all that it sells, renewed in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from edge.clock import Clock
from edge.codec.jws import read_key
from edge.codec.licence import read_licence
from edge.errors import WireError
from edge.model.licence import Licence
from edge.platform_file import load_platforms
from edge.reference_cloud.keygen import keygen
from edge.reference_cloud.licensing import Licensing
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.shop_file import LICENCE_KEYS, PLATFORMS, STORE, TID

VALID = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
"""A folder that is opened after a year goes on selling, and nobody is warned."""


def make_licence_keys(folder: Path) -> None:
    """Once a folder: the secret of each platform, and the public halves in one file, as a shop has them."""
    lines = [_signer(folder, platform).public_line() for platform in PLATFORMS]
    (folder / LICENCE_KEYS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def license_shop(cloud_file: Path, folder: Path, clock: Clock) -> None:
    """What the cloud answers to the terminal's question from now on."""
    today = clock.wall().date()
    store = CloudStore(cloud_file)
    store.open()
    try:
        licensing = Licensing(store)
        for platform in PLATFORMS:
            signer = _signer(folder, platform)
            platforms = load_platforms([platform])
            kinds = frozenset(offer.kind.value for offer in platforms.services)
            if not _stands(licensing, platform, signer, kinds, (today + RENEWED_BEFORE).isoformat()):
                licensing.issue(
                    Licence(
                        f"{platform.upper()}-{today:%Y}-00817", 1, platform, platforms.texts[0].name, STORE,
                        TID, kinds, today - timedelta(days=1),
                        today + VALID,
                    ),
                    signer,
                )  # fmt: skip
        store.commit()
    finally:
        store.close()


def _signer(folder: Path, platform: str) -> Signer:
    secret, public = folder / f"licence_{platform}", folder / f"licence_{platform}.pub"
    if not (secret.exists() and public.exists()):
        secret.unlink(missing_ok=True)
        public.unlink(missing_ok=True)
        keygen(["--kid", f"{platform}-demo", "--secret", str(secret), "--public", str(public)])
    return Signer.read(secret)


def _stands(licensing: Licensing, platform: str, signer: Signer, kinds: frozenset[str], until: str) -> bool:
    """Whether its newest is signed by this key and good for `kinds` beyond `until`, or withdrawn by who tries that."""
    public = {signer.kid: read_key(signer.public_line().split('"')[3])}
    for signed in licensing.of(TID):
        try:
            licence = read_licence(signed, public)
        except WireError:
            continue
        if licence.platform == platform:
            return licence.withdrawn or (licence.ends.isoformat() > until and kinds <= licence.services)
    return False
