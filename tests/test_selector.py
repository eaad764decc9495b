"""Which terminals a rollout means: by the books, and by what each said of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloud_bench import Cloud, hello

from edge.errors import SettingsError
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.selector import read_selector, version


def test_versions_are_counted_as_versions() -> None:
    rising = ("1.9", "2.0.0-rc1", "2.0", "2.0.0.1", "2.9.3", "2.10+a91c2f3")
    read = [version(text) for text in rising]
    assert None not in read and read == sorted(read, key=lambda one: one or ((), 0, ""))
    assert version("2.0") == version("2.0.0+abc")
    assert version("two") is None is version("1.2.3.4.5")


def test_a_selector_chooses_by_the_books_and_by_what_is_known(tmp_path: Path) -> None:
    cloud, tids = Cloud(tmp_path / "cloud.db"), [f"T{n:07d}" for n in range(6)]
    registry = Registry(cloud.store, cloud.clock)
    for n, tid in enumerate(tids[:5]):
        cloud.hear("hello", hello(app=f"{n}.0", cat_ver=n) | {"tid": tid}, tid=tid)
        registry.enter(tid, store=f"S-{n}", add=["pilot"] if n % 2 else ["north"])
    registry.enter(tids[5])

    def chosen(text: str) -> str:
        selector = read_selector(text)
        return "".join(one.tid[-1] for one in registry.terminals() if selector.fits(one))

    assert chosen("all") == chosen("tag!=south") == "012345"
    assert chosen("tag=pilot and app<2.0") == "1"
    assert chosen("app >= 2.0") == chosen("cat>1") == "234", "what is not known fits no term"
    assert chosen('store="S-3"  and  app!=9') == "3"
    assert chosen(f"tid={tids[5]}") == "5"
    assert chosen("hw=rpi4b") == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "character 1"), ("tag", "character 1"), ("tag=a or tag=b", "character 6: .* expected and, or the end"),
     ("tag=a and", "character 6"), ("colour=red", "expected tag or store"), ("tag<a", "no more and less"),
     ("app<two", "such as 2.14.0"), ("cat=x", "and a number"), (" and ".join(["tag=a"] * 17), "at most 16")],
)  # fmt: skip
def test_what_is_no_selector_is_named_by_its_character(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as raised:
        read_selector(text)
    assert "nobody knows which terminals these are" in str(raised.value)
