"""What comes from a stick or a phone when a shop is moved: backups, forms with files, settings that may be wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fuzz_target import Read, Target, of_file, of_octets

from edge.codec.backup_head import FIXED_OCTETS, BackupHead, Kdf, head_octets, read_head, write_head
from edge.codec.goods_file import GoodsFile
from edge.codec.multipart import Multipart, Part, boundary_of
from edge.codec.rauc_status import read_rauc_status
from edge.codec.shop_template import read_template, write_template
from edge.errors import BackupRefused, CodecError
from edge.model.shop_template import ShopTemplate
from edge.rescue_place import rescue_place
from edge.store.sealed_file import Sealer, Unsealer, read_sealed_head

PASSWORD = "sesame-2026"
HEAD = BackupHead("T7K3M9Q2", "S-1", "小王便利店", "2026-11-27T01:00:00.000Z", "0.1.0", 19, 70_000,
                  Kdf(b"s" * 16, memory_kib=19 * 1024, passes=1), b"p" * 7)  # fmt: skip
SHARE = 50
"""A password is tried in 20 ms: that is what it is for."""
_EDGE = b"----edge"


def _sealed(plain: bytes, head: BackupHead = HEAD) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, head, PASSWORD)
    sealer.write(plain)
    sealer.close()
    return file.getvalue()


def _head(octets: bytes) -> None:
    length = head_octets(octets[:FIXED_OCTETS])
    head = read_head(octets[FIXED_OCTETS : FIXED_OCTETS + length])
    assert read_head(write_head(head)[FIXED_OCTETS:]) == head


@contextmanager
def _sealed_files(_: Path) -> Iterator[Read]:
    """A head may ask for the memory that a box's own backups take: taken before anything that grows is counted."""
    dear = replace(HEAD, kdf=Kdf(HEAD.kdf.salt, passes=1))
    assert Unsealer(io.BytesIO(_sealed(b"x", dear)), PASSWORD).head == dear
    yield _whole


def _whole(octets: bytes) -> None:
    """What opens is what was sealed: no octet of it can be another one."""
    unsealer = Unsealer(io.BytesIO(octets), PASSWORD)
    assert unsealer.head == HEAD
    unsealer.finish()


def _form(octets: bytes) -> None:
    """In pieces of any length it is the same form."""
    whole, pieces = _read(octets, len(octets) or 1), _read(octets, 1 + len(octets) % 7)
    assert whole == pieces


def _read(octets: bytes, piece: int) -> list[tuple[str, bool, bytes]]:
    form, found = Multipart(_EDGE), list[tuple[str, bool, bytes]]()
    for at in range(0, len(octets), piece):
        for one in form.feed(octets[at : at + piece]):
            if isinstance(one, Part):
                found.append((one.name, one.is_file, b""))
            else:
                name, is_file, before = found[-1]
                found[-1] = (name, is_file, before + one)
    return found


FORMS = (
    (
        b'------edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n------edge\r\nContent-Disposition: '
        b'form-data; name="file"; filename="a.edgebackup"\r\n\r\n\x00\r\n------edg\r\n------edge--\r\n'
    ),
    b'preamble\r\n------edge\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n------edge--epilogue',
)
TABLES = (
    '编码,商品,售价,单位,称重\r\n6901234567892,可乐,3.50,罐,\r\n\'=1,"=cmd",,,是\r\n'.encode(),
    "code;barcode;goods;price;PLU;age\nA1;06901234567892;tea;8;17;18\n".encode("gb18030"),
)
TEMPLATE = ShopTemplate("0.1.0", "2026-11-27T01:00:00.000Z", {"terminal": {"language": "en"}}, {})
SHOPS = (
    b'[terminal]\ntid = "T7K3M9Q2"\ndata_dir = "./data"\n[web]\nbind = "127.0.0.1:8081"\n',
    b"data_dir='d'\nbind='[::1]:80'\nlanguage = 'en'\n[[[",
)
SLOTS = (
    (
        b'{"booted":"A","boot_primary":"rootfs.1","slots":[{"rootfs.0":{"bootname":"A","state":"booted","boot_status":'
        b'"good","slot_status":{"bundle":{"version":"1.2"},"installed":{"timestamp":"2026-09-20T00:00:00Z"}}}}]}'
    ),
    b'{"boot_primary":null,"slots":[{"efi.0":{"bootname":null,"state":"inactive","boot_status":null}}]}',
)
REFUSED = (BackupRefused,)

KEEPING_PARSERS: tuple[Target, ...] = (
    Target("backup_head", of_octets(_head), (write_head(HEAD),), REFUSED),
    Target("backup_head.file", of_octets(lambda x: read_sealed_head(io.BytesIO(x))), (_sealed(b"x"),), REFUSED),
    Target("goods_file", of_octets(lambda x: list(GoodsFile(lambda: iter((x,))).lines())), TABLES, ()),
    Target("shop_template", of_octets(read_template), (write_template(TEMPLATE),), REFUSED),
    Target("multipart", of_octets(_form), FORMS, (CodecError,)),
    Target("multipart.type", of_octets(lambda x: boundary_of(x.decode("latin-1"))),
           (b"multipart/form-data; boundary=----edge", b'multipart/form-data; charset=x; boundary="a b"'), ()),
    Target("rauc_status", of_octets(read_rauc_status), SLOTS, (CodecError,)),
    Target("rescue_place", of_file("shop.toml", rescue_place), SHOPS, ()),
    Target("sealed_file", _sealed_files, (_sealed(b"x" * 100), _sealed(bytes(70_000))), REFUSED, SHARE),
)  # fmt: skip
