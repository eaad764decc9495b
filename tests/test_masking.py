"""Names and phones in any spelling: no more than a first character and four digits come out (product row 64)."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.model.masking import (
    HIDDEN,
    NAME_MAX,
    masked_line,
    masked_name,
    phone_tail,
    provider_line,
    recipient,
    without_persons,
)

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ALPHABETS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "⓪①②③④⑤⑥⑦⑧⑨", "〇一二三四五六七八九")
GAPS = st.text(" -.·—－()（）/_:\u3000\u200b\xa0\n~", max_size=3)
AROUND = st.sampled_from(("", "TEL", "tel:", "电话", "张* ", "SF", "AB", "+86", "86", "0086 ", "X", "JDVA", "收件人："))
BEHIND = st.sampled_from(("", " 转 A", "张*", "CN", "(家)", "X", " 上海"))
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
BLANKS = st.text(" \u3000\t\u200b\xa0\n", max_size=2)
WAYBILLS = (
    "SF1000000000017",
    "SF1412345678901",
    "RA000000014CN",
    "JDVA12345678901",
    "DPK202252612836",
    "YT8962345678901",
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A mobile number, and one way to write it."""
    mobile = draw(MOBILE)
    digits = draw(st.sampled_from(ALPHABETS))
    return mobile, "".join(digits[int(digit)] + draw(GAPS) for digit in mobile)


@st.composite
def padded(draw: st.DrawFn) -> tuple[str, str]:
    """A name of two or three characters, and one way to write it."""
    name = "".join(draw(st.lists(HAN, min_size=2, max_size=3)))
    return name, "".join(draw(BLANKS) + character for character in name) + draw(BLANKS)


def tells(text: str, mobile: str) -> bool:
    """Whether more than four digits of the number that stand together can be read in the text."""
    plain = unicodedata.normalize("NFKC", text).translate({ord(c): str(n) for n, c in enumerate(ALPHABETS[-1])})
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    runs = re.sub(r"[^\w*]|_", "", digits)
    return any(mobile[n : n + 5] in runs for n in range(len(mobile) - 4))


@given(padded())
@example(("张三", "张 三"))
@example(("王小明", "王\u3000小\u3000明"))
def test_no_name_of_han_characters_is_whole_however_it_is_padded(given_name: tuple[str, str]) -> None:
    name, text = given_name
    assert masked_name(text) == unicodedata.normalize("NFKC", name)[0] + HIDDEN * (len(name) - 1)
    assert name not in recipient("r", text, "13812345678").text


@given(st.text(max_size=40))
def test_a_masked_name_has_the_first_letter_of_each_word_and_is_masked_once(name: str) -> None:
    masked = masked_name(name)
    assert len(masked) <= NAME_MAX
    assert all(set(word[1:]) <= {HIDDEN} for word in masked.split(" "))
    if len(masked) < NAME_MAX - 1:  # nothing was cut
        assert all(word == HIDDEN for word in masked.split(" ")[1:] if len(word) == 1)
        assert masked_name(masked) in (masked, HIDDEN), "what is masked stays, or says less"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"), ("张", "*"), ("Li Lei", "L* L**"), ("J R Smith", "J * S****"), ("张 三 Sam", "张* S**"),
        ("＊", "*"), ("张＊", "张*"), ("", ""), ("李\u3000四", "李*"), ("王 小 明", "王**"), ("\u200b", ""),
    ],
)  # fmt: skip
def test_a_name_as_labels_have_it(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@given(written(), AROUND, BEHIND)
def test_no_mobile_number_is_read_in_what_is_masked(number: tuple[str, str], before: str, behind: str) -> None:
    mobile, text = number
    for masked in (masked_line(before + text + behind), masked_name(text), masked_name(before + text + behind)):
        assert not tells(masked, mobile), masked
    assert phone_tail(text) in (mobile[-4:], ""), "Chinese numerals are no phone there"


@given(written(), st.sampled_from(WAYBILLS))
def test_a_waybill_stays_beside_a_number(number: tuple[str, str], waybill: str) -> None:
    mobile, text = number
    masked = masked_line(f"运单{waybill} 电话{text}")
    assert masked.startswith(f"运单{waybill} 电话") and not tells(masked.replace(waybill, ""), mobile)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("TEL13812345678", "TEL****5678"), ("138.1234.5678", "****5678"), ("１３８１２３４５６７８", "****5678"),
        ("138 1234 5678", "****5678"), ("138  - 1234 — 5678", "****5678"), ("SF13812345678", "SF****5678"),
        ("SF8613812345678", "SF****5678"), ("TEL02112345678", "TEL****5678"), ("一三八一二三四五六七八", "****5678"),
        ("李四 13812345678", "李四 ****5678"), ("JDX024407261700-1-2-", "JDX024407261700-1-2-"),
        ("RA000000014CN", "RA000000014CN"), ("SF1412345678901", "SF1412345678901"), ("021-B12-07", "021-B12-07"),
        ("二十一号楼三单元", "二十一号楼三单元"), ("JDVA12345678901", "JDVA12345678901"),
    ],
)  # fmt: skip
def test_a_line_has_no_phone_and_keeps_its_waybill(line: str, printed: str) -> None:
    assert masked_line(line) == printed


@pytest.mark.parametrize(
    ("line", "subject", "printed"),
    [
        ("2026-11-24 09:30", "", "2026-11-24 09:30"), ("G7345 09:30-10:45 08车06F", "", "G7345 09:30-10:45 08车06F"),
        ("入园码 88231122", "", "入园码 88231122"), ("兑换码 1234 5678 9012", "", "兑换码 1234 5678 9012"),
        ("客服 95188, 400-800-1234", "", "客服 95188, 400-800-1234"), ("19 13:45-14:20", "", "19 13:45-14:20"),
        ("乘客 13800138000", "", "乘客 ****8000"), ("电话 +86 138-0013-8000", "", "电话 ****8000"),
        ("１３８ ００１３ ８０００", "", "****8000"), ("证件 330106199001011234", "", "证件 ****1234"),
        ("138 001 38000", "", "****8000"), ("138.0013.8000", "", "****8000"), ("(138)0013-8000", "", "(****8000"),
        ("一三八零零一三八零零零", "", "****8000"), ("330106 19900101 1234", "", "****1234"),
        ("330106900101123", "", "****1123"),
        ("卡 6222 0212 3456 7890 128", "", "卡 ****0128"), ("2026-11-24 13800138000", "", "2026-11-24 ****8000"),
        ("码 1234 5678 9012 3456", "", "码 1234 5678 9012 3456"),
        ("户号 330812345600", "330****5600", "户号 330****5600"), ("3308 1234 5600", "330****5600", "330****5600"),
        ("卡 12345", "****2345", "卡 ****2345"), ("户号 440812345600", "330****5600", "户号 440812345600"),
    ],
)  # fmt: skip
def test_a_providers_line_keeps_days_and_codes_and_hides_whose_it_is(line: str, subject: str, printed: str) -> None:
    assert provider_line(line, subject=subject) == printed


@given(MOBILE, AROUND, BEHIND)
def test_no_mobile_number_is_read_in_a_providers_line(mobile: str, before: str, behind: str) -> None:
    assert not tells(provider_line(before + mobile + behind), mobile)


def test_a_line_of_a_log_stays_as_it_was_written_unless_a_number_stands_in_it() -> None:
    assert without_persons("断电恢复，上一单还在；６号") == "断电恢复，上一单还在；６号"
    assert without_persons("他说，１３８００１３８０００") == "他说,****8000"
