"""A folder with which mosquitto starts: its configuration, its topics, its certificate, and that of the cloud."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from edge.codec.certificate import read_certificate
from edge.codec.topics import ROOT
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, Issued
from edge.reference_cloud.key_folder import SECRET, read_whole, write_whole

SHIPPED = Path(__file__).parent / "engines" / "mosquitto"
CONFIG, TOPICS, PID, ADDRESS = "mosquitto.conf", "topics.acl", "mosquitto.pid", "broker.address"
INGEST = "svc-ingest"
"""Who may read what all terminals send: the only name beside theirs in the topics."""

LASTS = timedelta(days=30)
"""A certificate of the cloud's that is good for longer is left: the cloud that runs has read it."""


@dataclass(frozen=True, slots=True)
class BrokerFolder:
    """DIR of the authorities; `mosquitto -c DIR/mosquitto.conf` is all that is left to do."""

    path: Path

    def lay(self, names: Sequence[str], port: int, now: datetime, *, bind: str, user: str, prefix: str = ROOT) -> None:
        """Write or renew all of it; `names` is how terminals reach the broker. Raises SettingsError."""
        folder = self.path.absolute()
        devices, servers = Authority(folder / DEVICES), Authority(folder / SERVERS)
        _write_pair(folder, "broker", *servers.sign_server(names, now))
        if not _lasts(folder / f"{INGEST}.crt", now):
            _write_pair(folder, INGEST, *devices.sign_service(INGEST, now))
        devices.revoke((), now)  # a fresh list, in force for as long as it can be
        (folder / "data").mkdir(exist_ok=True)
        told = {"@DIR@": str(folder), "@PORT@": str(port), "@BIND@": bind, "@USER@": user, "@PREFIX@": prefix}
        for name in (CONFIG, TOPICS):
            text = (SHIPPED / name).read_text(encoding="utf-8")
            for mark, value in told.items():
                text = text.replace(mark, value)
            write_whole(folder / name, text.encode())
        write_whole(folder / ADDRESS, f"mqtts://{names[0]}:{port}\n".encode())

    @property
    def address(self) -> str | None:
        """Where its broker is; None: none was laid out here."""
        file = self.path / ADDRESS
        return read_whole(file).decode().strip() if file.is_file() else None

    def reread(self) -> bool:
        """Have the broker that runs read its files anew. False when none runs."""
        try:
            pid = int((self.path / PID).read_text(encoding="ascii"))
            if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() != "mosquitto":
                return False  # the number is somebody else's by now
        except (OSError, ValueError):
            return False
        with suppress(ProcessLookupError):  # it ended between the look and the signal
            os.kill(pid, signal.SIGHUP)
            return True
        return False


def _write_pair(folder: Path, stem: str, key: bytes, issued: Issued) -> None:
    write_whole(folder / f"{stem}.key", key, mode=SECRET)
    write_whole(folder / f"{stem}.crt", issued.pem)


def _lasts(certificate: Path, now: datetime) -> bool:
    return certificate.exists() and read_certificate(read_whole(certificate).decode()).ends_at > now + LASTS
