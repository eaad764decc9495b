"""The Chinese font that pictures of paper are drawn with: full-width characters are `size_px` wide, Latin ones half.

Draw with `ImageDraw.fontmode = "1"`: at 24 px the outlines then fall on whole dots, as a print head's do.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PIL import ImageFont

from edge.errors import SettingsError

PACKAGE = "noto_cjk_sans_otc"  # pip: noto-cjk-sans-otc, byte for byte the file of Debian's fonts-noto-cjk
PACKAGE_FILE = "NotoSansCJK-Regular.ttc"
FACE = "Noto Sans Mono CJK SC"
FACES_MAX = 16  # no collection that we know holds more than 10

SYSTEM_FONTS = (
    (Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), FACE),
    (Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), "WenQuanYi Micro Hei Mono"),
    (Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), "WenQuanYi Zen Hei Mono"),
    (Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"), "Droid Sans Fallback"),
    (Path("/usr/share/fonts/opentype/unifont/unifont.otf"), "Unifont"),
)


def chinese_font(size_px: int) -> ImageFont.FreeTypeFont:
    """The packaged font, so that pictures are the same on every machine; else the first of `SYSTEM_FONTS` there is.

    A receipt printer's font A is `chinese_font(24)`: 24 × 24 dots a Chinese character, 12 × 24 a Latin one.
    Raises SettingsError when the machine has neither.
    """
    for path, face in (*_packaged(), *SYSTEM_FONTS):
        if path.is_file():
            return _open_face(path, face, size_px=size_px)
    raise SettingsError(
        "no Chinese font is installed",
        where="pictures of paper",
        expected=f"the Python package {PACKAGE.replace('_', '-')} or Debian's fonts-noto-cjk",
        cure="Type: make setup",
    )


def font_file(face: str) -> tuple[Path, int]:
    """The packaged collection and the number of a face in it, for a PDF. Raises SettingsError where it is not."""
    for path, _ in _packaged():
        for index in range(FACES_MAX):
            try:
                found = ImageFont.truetype(str(path), 8, index=index, layout_engine=ImageFont.Layout.BASIC)
            except OSError:
                break
            if found.getname()[0] == face:
                return path, index
    raise _no_font("PDF")


def _no_font(where: str) -> SettingsError:
    return SettingsError(
        "no Chinese font is installed",
        where=where,
        expected=f"the Python package {PACKAGE.replace('_', '-')}",
        cure="Type: make setup",
    )


def _packaged() -> tuple[tuple[Path, str], ...]:
    try:
        return ((Path(str(resources.files(PACKAGE))) / PACKAGE_FILE, FACE),)
    except ModuleNotFoundError:  # a box has no reason to carry it: 15 MB for pictures that it never draws
        return ()


def _open_face(path: Path, face: str, *, size_px: int) -> ImageFont.FreeTypeFont:
    """The face of that name in a collection, else its first."""
    for index in range(FACES_MAX):
        try:
            # BASIC: the other engine is there on some machines only, and spaces letters differently
            font = ImageFont.truetype(str(path), size_px, index=index, layout_engine=ImageFont.Layout.BASIC)
        except OSError:
            break
        if font.getname()[0] == face:
            return font
    return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)
