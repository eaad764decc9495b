"""What a scan says of goods that are received, counted or written off: which, how many, until when."""

from __future__ import annotations

from edge.codec.classification import Classified, ScanCandidates, ScanKind
from edge.messages import GoodsScanned
from edge.model.money import Milli


def goods_scanned(found: ScanCandidates, meaning: Classified, at_mono: float) -> GoodsScanned | None:
    """None: these are no goods. Of a logistic unit it is what lies in it (AI 02 and 37)."""
    elements = found.elements
    if meaning.kind is ScanKind.LABEL:
        label = found.labels[0]
        pieces = None if label.pieces is None else Milli(label.pieces * 1000)
        weight = None if label.weight_g is None else Milli(label.weight_g)
        return GoodsScanned(None, label.item, pieces, weight, None, at_mono)
    gtin = meaning.gtin if meaning.kind is ScanKind.ITEM else elements.content if elements is not None else None
    if gtin is None:
        return None
    if elements is None:
        return GoodsScanned(gtin, "", None, None, None, at_mono)
    dates = [day for day in (elements.expiry, elements.best_before) if day is not None]
    pieces = None if elements.count is None else Milli(elements.count * 1000)
    weight = None if elements.weight_g is None else Milli(elements.weight_g)
    return GoodsScanned(gtin, "", pieces, weight, min(dates, default=None), at_mono)
