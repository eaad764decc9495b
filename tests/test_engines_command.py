"""`edge cloud cluster`, `ingest`, `stored` and `nats` before they start anything: what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import SettingsError
from edge.reference_cloud.address_file import address_in, addresses_in
from edge.reference_cloud.cluster import NODES, SHIPPED, Cluster, filled
from edge.reference_cloud.main import run
from edge.reference_cloud.servers import Server


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["cluster", "stop", "--dir", "DIR"], "there is no cluster"),
        (["cluster", "status", "--dir", "DIR"], "there is no cluster"),
        (["cluster", "start", "r4", "--dir", "DIR"], "expected db or r1 or r2 or r3, got r4"),
        (["cluster", "kill", "--dir", "DIR"], "say what to kill"),
        (["cluster", "start", "--dir", "DIR", "--port", "65535"], "--port: not a port to count from"),
        (["ingest", "--dir", "DIR", "--workers", "9"], "--workers: so many workers have no work, expected 1 to 8"),
        (["ingest", "--dir", "DIR", "--spread", "soon"], "expected seconds from 0 to 86400, got 'soon'"),
        (["nats", "stop", "--dir", "DIR"], "there is no node"),
        (["stored"], "where is the database, expected --dir or --database-file"),
        (["stored", "--database-file", "DIR"], "--database-file: the file cannot be read: No such file"),
        (["stored", "--database", "postgresql://edge:secret@host"], "unrecognized arguments: --database"),
        (["ingest", "--worker", "0/1"], "expected --dir, or --amqp-file and --database-file"),
        (
            ["ingest", "--worker", "0/1", "--amqp-file", "DIR", "--database-file", "DIR"],
            "--amqp-file: the file cannot be read: No such file",
        ),
        (["ingest", "--amqp", "amqp://guest:secret@host"], "unrecognized arguments: --amqp"),
    ],
)
def test_what_is_typed_wrong_is_named_and_starts_nothing(
    words: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cluster"
    assert run([str(folder) if word == "DIR" else word for word in words]) == 2
    assert named in capsys.readouterr().err
    assert not folder.exists()


def test_addresses_stand_in_a_file_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "nodes"
    file.write_text("amqp://a:b@one\namqp://a:b@two\n\n")
    assert addresses_in(file, where="--amqp-file") == ["amqp://a:b@one", "amqp://a:b@two"]
    with pytest.raises(SettingsError, match="more than one address"):
        address_in(file, where="--database-file")
    for octets, named in ((b"\n", "no address stands"), (b"\xff", "no text")):
        file.write_bytes(octets)
        with pytest.raises(SettingsError, match=named):
            address_in(file, where="--database-file")


def test_a_folder_keeps_the_ports_and_the_cookie_that_it_was_laid_out_with(tmp_path: Path) -> None:
    (tmp_path / "database.url").write_text("postgresql://made")  # as if the database were made
    cluster = Cluster(tmp_path)
    cluster.lay(30_000)
    cookie = (tmp_path / "home" / ".erlang.cookie").read_text()
    cluster.lay(40_000)
    assert cluster.base_port == 30_000
    assert (tmp_path / "home" / ".erlang.cookie").read_text() == cookie
    assert (tmp_path / "home" / ".erlang.cookie").stat().st_mode & 0o077 == 0
    assert [url[-6:] for url in cluster.mqtt_urls] == [":30001", ":30002", ":30003"]


def test_no_mark_is_left_in_what_the_nodes_read_and_all_of_it_is_on_loopback(tmp_path: Path) -> None:
    (tmp_path / "database.url").write_text("postgresql://made")
    Cluster(tmp_path).lay(30_000)
    for file in (*(tmp_path / name / "rabbitmq.conf" for name in NODES), tmp_path / "db" / "postgresql.conf"):
        told = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        assert not [line for line in told if "@" in line.replace("@localhost", "")]
        assert all("127.0.0.1" in line for line in told if line.startswith(("listen", "mqtt.listeners")))


def test_a_number_that_is_another_programs_by_now_is_not_the_server(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text("1\n")
    server = Server("r1", ("false",), tmp_path / "pid", tmp_path / "log", 1, "beam.smp")
    assert server.pid is None
    assert not server.kill()
    assert not server.stop()


def test_a_program_that_is_not_installed_is_said_to_be(tmp_path: Path) -> None:
    server = Server("r1", (str(tmp_path / "none"),), tmp_path / "pid", tmp_path / "log", 1, "none")
    with pytest.raises(SettingsError, match="scripts/setup engines"):
        server.launch()


def test_the_shipped_files_are_whole() -> None:
    shipped = {str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*") if path.is_file()}
    assert {
        "rabbitmq/rabbitmq.conf", "rabbitmq/enabled_plugins", "postgresql/postgresql.conf", "postgresql/schema.sql",
        "nats/nats.conf",
    } <= shipped  # fmt: skip
    assert b"22301" in filled(SHIPPED / "rabbitmq" / "rabbitmq.conf", {"@MQTT@": 22301})
