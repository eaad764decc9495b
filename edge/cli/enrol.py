"""`edge enrol`: a key is made on this box, and a technician's code gets it a certificate (contract C, row 1)."""

from __future__ import annotations

from pathlib import Path

from edge.config import load_settings
from edge.devices import load_driver
from edge.enrolled import is_enrolled
from edge.enrolling import Invitation, enrol_box
from edge.store.folder_lock import is_taken


def enrol(config: str, *, url: str, code: str, fingerprint: str | None, ca_file: str | None) -> int:
    """May be given again with the same code until it succeeds. Raises SettingsError, CloudError."""
    settings = load_settings(Path(config), load_driver)
    own = settings.terminal
    ends_at, named = enrol_box(own.tid, own.data_dir, Invitation(url, code, fingerprint, ca_file))
    print(f"{own.tid} is enrolled until {ends_at:%Y-%m-%d}; it renews its certificate by itself before that")
    if settings.cloud is not None and not is_enrolled(settings.cloud, own.data_dir):
        print("but [cloud] in the settings names other files, or no TLS: as long as it does, they are what counts")
    elif settings.cloud is None and not named:
        print("the server named no cloud: write its address into the settings, [cloud] url = ...")
    elif is_taken(own.data_dir):
        told = "start it anew" if settings.cloud is None else "it takes it at its next attempt"
        print(f"the terminal runs: {told}")
    return 0
