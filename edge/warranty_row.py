"""One [warranties.ID] of a platform file (docs/platforms.md)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from edge.model.platform import Warranty
from edge.platform_row import PRINTABLE, NamedRow, NumberPattern, PaperRow

MAX_DEPTS = 12
MAX_MONTHS = 120


class WarrantyRow(NamedRow):
    depts: tuple[Annotated[str, Field(min_length=1, max_length=32, pattern=PRINTABLE)], ...] = Field(
        min_length=1, max_length=MAX_DEPTS, description='departments of the catalogue, such as ["家电"]'
    )
    months: int = Field(ge=1, le=MAX_MONTHS, description=f"months, 1 to {MAX_MONTHS}")
    serial: NumberPattern | None = Field(None, description='a pattern, such as "[A-Z0-9]{8,20}", or left out')
    slip: PaperRow = PaperRow()

    def brought(self, warranty_id: str, platform: str) -> Warranty:
        serial = re.compile(self.serial) if self.serial is not None else None
        depts, lines = frozenset(self.depts), self.slip.lines
        return Warranty(warranty_id, platform, self.name, self.name_en, depts, self.months, serial, lines)
