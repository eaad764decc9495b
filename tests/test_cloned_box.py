"""A card that was copied: two boxes with one certificate at a real broker, and the cloud says so (checklist row 12)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloud_bench import TID, hello
from identity_bench import Fleet, Station, until
from shop_bench import Program

from edge.codec.json_text import pack_object
from edge.reference_cloud.broker_folder import INGEST
from edge.reference_cloud.main import run


def greet(box: Station, sess: int, *, up: int, head: int) -> None:
    told = hello(sess=sess, tx=(head, 0)) | {"nonce": f"nonce-of-{sess}-{up}-000"}
    told["clock"] = {"src": "ntp", "at": "2026-11-23T02:14:01.020Z", "up": up}
    box.publish(f"stores/v1/{TID}/up/hello", pack_object(told))


def health(db: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    run(["health", "--db", str(db)])
    return capsys.readouterr().out


@pytest.mark.slow
def test_two_boxes_with_one_certificate_push_each_other_out_and_the_cloud_says_so(
    tmp_path: Path, free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet, db = Fleet(tmp_path / "ca", free_port), tmp_path / "cloud.db"
    own = str(fleet.folder / INGEST)
    cloud = Program(
        "cloud", "--url", f"mqtts://localhost:{free_port}", "--db", str(db), "--ca-file", str(fleet.roots),
        "--cert-file", f"{own}.crt", "--key-file", f"{own}.key", log=tmp_path / "cloud.log",
    )  # fmt: skip
    pair, before = fleet.pair(TID), None
    try:
        fleet.start()
        cloud.start()
        for turn in range(6):
            box = fleet.station(pair, TID)
            assert box.taken()
            if before is not None:
                until(before.gone.is_set, lambda: "who came last has taken the other's place")
                before.close()
            is_copy = turn % 2
            box.subscribe(f"stores/v1/{TID}/dn/#")
            greet(box, 400 + turn, up=(5_000 if is_copy else 900_000) + 1_000 * turn, head=20 if is_copy else 50)
            until(lambda box=box: box.heard, lambda: "a welcome")  # type: ignore[misc]
            before = box
        told = health(db, capsys)
        assert TID in told and "two boxes use its identity" in told
        assert run(["ca", "revoke", TID, "--dir", str(fleet.folder)]) == 0
        until(box.gone.is_set, lambda: "what health tells to do ends the session")
        assert not fleet.station(pair, TID).taken()
    finally:
        if before is not None:
            before.close()
        cloud.kill()
        fleet.stop()
