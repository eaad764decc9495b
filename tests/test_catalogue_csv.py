"""A shop's CSV: what spreadsheets make of it, and every wrong line told at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.catalogue_csv import MAX_OCTETS, read_catalogue
from edge.codec.catalogue_op import MAX_LINE, CatalogueOp, DeleteItem, PutItem, read_op, read_ops
from edge.errors import CodecError, SettingsError
from edge.model.item import Item

COLA = "6901234567892,可乐 330ml,350,罐"
HEADER = "gtin,name,price_fen,unit"


def items(text: str | bytes) -> tuple[Item, ...]:
    return read_catalogue(text.encode() if isinstance(text, str) else text, name="goods.csv").items


def complaint(text: str | bytes) -> str:
    with pytest.raises(SettingsError) as caught:
        items(text)
    return str(caught.value)


def row(line: str, header: str = HEADER) -> str:
    return complaint(f"{header}\n{COLA}\n{line}\n" if header == HEADER else f"{header}\n{line}\n")


def test_the_four_columns_of_the_issue_make_an_item() -> None:
    (cola,) = items(f"{HEADER}\n{COLA}\n")
    assert cola == Item(sku="6901234567892", name="可乐 330ml", price=350, gtin="06901234567892", unit="罐")  # type: ignore[arg-type]


def test_every_optional_column_is_read_in_any_order() -> None:
    header = "name,sku,gtin,price_fen,unit,name_en,weighed,plu,dept,tax,age,blocked,pack,cost_fen,free_gift,"
    header += "shelf_min,shelf_max"
    (apples,) = items(f"{header}\n苹果,A-1,,998,kg,Apples,1,00123,fruit,S9,18,是,24,700,no,6,48\n")
    assert apples == Item(
        sku="A-1", name="苹果", price=998, gtin=None, unit="kg", name_en="Apples", weighed=True, plu="123",  # type: ignore[arg-type]
        dept="fruit", tax="S9", age=18, blocked=True, pack=24, cost=700, free_gift=False,  # type: ignore[arg-type]
        shelf_min=6, shelf_max=48,
    )  # fmt: skip


def test_an_empty_price_must_be_asked_for() -> None:
    (cola,) = items(f"{HEADER}\n6901234567892,可乐,,\n")
    assert cola.price is None and not cola.priced


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spreadsheets_save_in_either_encoding(encoding: str, newline: str) -> None:
    table = read_catalogue(newline.join([HEADER, COLA, ""]).encode(encoding), name="goods.csv")
    assert table.items[0].name == "可乐 330ml"
    assert table.encoding == ("gb18030" if encoding == "gb18030" else "utf-8")


def test_quotes_blank_lines_and_capital_headers_are_ordinary() -> None:
    found = items('GTIN , Name,PRICE_FEN,unit\n\n6901234567892,"可乐, ""大""",350,\n,,,\n69012341,盐,200,袋\n')
    assert [(item.name, item.gtin) for item in found] == [('可乐, "大"', "06901234567892"), ("盐", "00000069012341")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("6901234567893,a,1,", "line 3, column gtin: the check digit of this GTIN-13 is wrong, expected 2, got 3"),
        ("12345,a,1,", "line 3, column gtin: this is not a GTIN, expected 8, 12, 13 or 14 digits, got '12345'"),
        ("6.90123E+12,a,1,", "got '6.90123E+12'. A spreadsheet has shortened the number: format the column as text"),
        ("６901234567892,a,1,", "column gtin: this is not a GTIN"),
        (COLA, "line 3, column gtin: this gtin stands in line 2 already, got 06901234567892"),
        ("06901234567892,again,1,", "column gtin: this gtin stands in line 2 already"),
        (",a,1,", "line 3, column gtin: the line has neither gtin nor sku, expected one of them"),
        ("69012341,,1,", "line 3, column name: this must not be empty"),
        ("69012341,a\tb,1,", "column name: this text cannot be shown, expected 1 to 80 printable characters"),
        (f"69012341,{'x' * 81},1,", "column name: this text cannot be shown"),
        ("69012341,a,3.50,", "column price_fen: this is not a whole fen, expected 0 to 99999999, such as 350 for 3.50"),
        ("69012341,a,-1,", "column price_fen: this is not a whole fen"),
        ("69012341,a,100000000,", "got 100000000"),
        (f"69012341,a,{'9' * 5000},", "column price_fen: this is not a whole fen"),
        ("69012341,a,1,123456789", "column unit: this text cannot be shown, expected 1 to 8 printable characters"),
        ("69012341,a,1", "line 3: the line does not fit its header, expected 4 columns, got 3"),
        ("69012341,a,1,,,", "expected 4 columns, got 6"),
        ('69012341,"a,1,', "line 3: this is not CSV: unexpected end of data"),
        ('69012341,"a"b,1,', "line 3: this is not CSV"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_with_line_column_expected_and_got(line: str, told: str) -> None:
    assert told in row(line)


def test_a_shelf_that_holds_less_than_it_must_show_is_refused() -> None:
    header = f"{HEADER},shelf_min,shelf_max"
    told = row("69012341,盐,200,袋,12,11", header)
    assert "line 2, column shelf_max: the shelf holds less than it must show, expected 12 or more, got 11" in told
    (salt,) = items(f"{header}\n69012341,盐,200,袋,12,\n")
    assert (salt.shelf_min, salt.shelf_max) == (12, None)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("gtin,nmae,price_fen,unit", "goods.csv line 1, column 2: unknown column 'nmae', did you mean 'name'?"),
        ("gtin;name;price_fen;unit", "unknown column 'gtin;name;price_fen;unit', known are: gtin, sku, name"),
        ("gtin,name,price,unit", "did you mean 'price_fen'?"),
        ("gtin,name,unit", "line 1: the first line lacks price_fen, expected gtin,name,price_fen,unit"),
        ("gtin,name,price_fen,unit,name", "column 5: the column 'name' stands there twice"),
        (COLA, "line 1, column 1: unknown column '6901234567892'"),
        ("", "goods.csv: the catalogue is empty, expected a first line gtin,name,price_fen,unit"),
        ('"', "line 1: this is not CSV"),
    ],
)
def test_a_wrong_header_is_told(header: str, told: str) -> None:
    assert told in complaint(header)


def test_the_same_sku_or_plu_twice_is_told() -> None:
    header = f"{HEADER},sku,plu\n"
    assert "line 3, column sku: this sku stands in line 2 already" in complaint(f"{header},a,1,,S1,\n,b,1,,S1,\n")
    assert "line 3, column plu: this plu stands in line 2 already" in complaint(f"{header},a,1,,S1,7\n,b,1,,S2,007\n")
    assert "column weighed: this is neither yes nor no, expected 1 or 0, got '2'" in complaint(
        f"{HEADER},weighed\n69012341,a,1,,2\n"
    )


def test_a_sku_that_is_a_gtin_is_one() -> None:
    assert items(f"{HEADER},sku\n,a,1,,6901234567892\n")[0].gtin == "06901234567892"


def test_all_wrong_lines_are_told_the_first_twenty_one_by_one() -> None:
    lines = complaint(HEADER + "\n" + "".join(f"{n},a,1,\n" for n in range(50))).splitlines()
    assert len(lines) == 21
    assert lines[19].startswith("goods.csv line 21, column gtin")
    assert lines[20] == "goods.csv: and 30 more. Nothing was changed."


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    assert "line 5, column gtin" in complaint(f'{HEADER}\n6901234567892,"two\nlines",1,\n\n1,a,1,\n').splitlines()[1]


def test_text_in_no_known_encoding_or_too_much_of_it_is_told() -> None:
    assert complaint(HEADER.encode() + b"\n\xff\xff") == (
        "goods.csv line 2: the text is neither UTF-8 nor GB18030, got byte 0xFF. Save the file as CSV UTF-8."
    )
    assert "too large for a catalogue" in complaint(b"x" * (MAX_OCTETS + 1))


@given(st.binary(max_size=200) | st.text(alphabet=st.sampled_from(list('gtin,name\n"\r69012341\0;')), max_size=80).map(
    lambda text: f"{HEADER}\n{text}".encode()))  # fmt: skip
def test_garbage_raises_only_settings_errors(octets: bytes) -> None:
    try:
        read_catalogue(octets, name="goods.csv")
    except SettingsError as error:
        assert str(error).startswith("goods.csv")


def test_the_operations_of_the_contract_are_read() -> None:
    assert read_op({"op": "put", "sku": "6901234567892", "price": 360}) == PutItem(
        "6901234567892", {"sku": "6901234567892", "price": 360}
    )
    assert read_op({"op": "put", "sku": "a", "price_fen": None, "weighed": True, "unheard_of": 1}) == PutItem(
        "a", {"sku": "a", "price": None, "weighed": True}
    )
    assert read_op({"op": "del", "sku": "2100044"}) == DeleteItem("2100044")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[]", "cat line 1: this is not a catalogue operation"),
        ('{"op": "drop", "sku": "a"}', "cat line 1: unknown catalogue operation, expected put or del, got 'drop'"),
        ('{"op": "put"}', "cat line 1, field sku: this must not be empty"),
        ('{"op": "put", "sku": "a", "name": null}', "field name: this must not be empty"),
        ('{"op": "put", "sku": "a", "price": 3.5}', "field price_fen: this is not a whole fen"),
        ('{"op": "put", "sku": "a", "price": true}', "got True"),
        ('{"op": "put", "sku": "a", "gtin": "6901234567893"}', "field gtin: the check digit of this GTIN-13 is wrong"),
        ('{"op": "put", "sku": "a", "gtin": 6901234567892}', "field gtin: this is not a text"),
        ('{"op": "put", "sku": "a", "blocked": 1}', "field blocked: this is neither yes nor no"),
        ("{", "cat line 1: this is not JSON"),
        ("[" * 4000, "cat line 1: this is not JSON"),
        (" " * (MAX_LINE + 1), "cat line 1: the line is too long"),
    ],
)
def test_a_wrong_operation_is_told_with_its_field(line: str, told: str) -> None:
    with pytest.raises(CodecError) as caught:
        list(read_ops([line], name="cat"))
    assert told in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    _JSON
    | st.dictionaries(st.sampled_from(["op", "sku", "gtin", "name", "price", "plu", "age"]), _JSON | st.just("put"))
)
def test_a_garbled_operation_raises_only_codec_errors(raw: object) -> None:
    try:
        op: CatalogueOp = read_op(raw)
    except CodecError as error:
        assert str(error)
    else:
        assert op.sku
