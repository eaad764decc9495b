"""Where enrolment laid down what a box needs for the cloud, and what of it the settings take (decisions 2).

What stands in the settings file wins: its files, its address.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.config_tables import Cloud
from edge.errors import SettingsError
from edge.settings_table import validate_table

KEYS = Path("keys") / "cloud"
"""In the terminal's folder."""
MAX_OCTETS = 4_096
ENROL = "enrol"
"""Key of cloud.json: the enrolment server; the others are keys of [cloud]."""
FROM_ENROLMENT = "enrolment"
"""The source of a value, as `edge check` prints it."""

_log = logging.getLogger("edge.cloud")


@dataclass(frozen=True, slots=True)
class CloudFiles:
    """Where they are, whether they are there already or not."""

    roots: Path
    certificate: Path
    key: Path
    next: tuple[Path, Path, Path]
    """The same three of a renewal that is under way."""
    cloud: Path


def cloud_files(data_dir: Path) -> CloudFiles:
    folder = data_dir / KEYS
    current, following = folder / "current", folder / "next"
    return CloudFiles(
        current / "roots.pem", current / "cert.pem", current / "key.pem",
        (following / "roots.pem", following / "cert.pem", following / "key.pem"), folder / "cloud.json",
    )  # fmt: skip


def with_enrolment(cloud: Cloud | None, data_dir: Path) -> tuple[Cloud | None, frozenset[str]]:
    """The effective [cloud], and which of its keys come from enrolment.

    A box that was not enrolled yet keeps its address: the paths are named, and the page says what is missing.
    """
    files = cloud_files(data_dir)
    told: frozenset[str] = frozenset()
    if cloud is None:
        found = {key: value for key, value in _told(files.cloud).items() if key != ENROL}
        if not found.get("url"):
            return None, told
        cloud, told = _cloud(found, files.cloud), frozenset(found)
        if cloud is None:
            return None, frozenset()
    if not cloud.tls or cloud.cert_file is not None:
        return cloud, told
    paths = {"ca_file": files.roots, "cert_file": files.certificate, "key_file": files.key}
    return cloud.model_copy(update=paths), told | paths.keys()


def enrolment_url(data_dir: Path) -> str | None:
    """Where this box was enrolled, and may come again with its old key."""
    found = _told(cloud_files(data_dir).cloud).get(ENROL)
    return found if isinstance(found, str) else None


def is_enrolled(cloud: Cloud, data_dir: Path) -> bool:
    """Whether its keys are those of enrolment, which the box renews by itself."""
    return cloud.cert_file == cloud_files(data_dir).certificate


def _told(path: Path) -> dict[str, Any]:
    """Nothing of what is damaged: a shop sells without a cloud, and is enrolled anew when somebody comes."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MAX_OCTETS))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        _log.error("the cloud's address is damaged, enrol the box anew: %s: %s", path, error)
        return {}
    return {key: value for key, value in found.items() if value is not None} if isinstance(found, dict) else {}


def _cloud(found: dict[str, Any], path: Path) -> Cloud | None:
    try:
        return validate_table(Cloud, found, table=("cloud",), file=None)
    except SettingsError as error:
        _log.error("the cloud's address is damaged, enrol the box anew: %s: %s", path, error)
        return None
