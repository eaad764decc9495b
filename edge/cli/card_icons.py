"""The drawings of the cards: lines on a square of 24, drawn for this sheet.

p x,y x,y …      a line through these points          a x,y r from,to  an arc, degrees clockwise from the right
o x,y r          a circle                             f x,y r          a dot
r x,y w,h        a box                                t x,y size text  a letter, centred
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edge.model.card import Icon

GRID = 24

_PARCEL = "p 4,8 12,4 20,8 20,17 12,21 4,17 4,8; p 4,8 12,12 20,8; p 12,12 12,21"
_PERSON = "o 12,8 4; a 12,21 8 180,360"

STROKES: Mapping[Icon, str] = MappingProxyType(
    {
        Icon.TOTAL: "p 5,3 5,21 8,19 10,21 12,19 14,21 16,19 19,21 19,3 5,3; p 9,8 15,8; p 9,12 15,12",
        Icon.CASH: "r 2,6 20,12; o 12,12 3; f 5.5,12 0.8; f 18.5,12 0.8",
        Icon.WALLET: "r 7,2 10,20; p 10.5,18.5 13.5,18.5; p 10,6 10,9; p 12,6 12,9; p 14,6 14,9; p 10,12 14,12",
        Icon.REMOVE: "p 4,6 20,6; p 9,6 9,3 15,3 15,6; p 6,6 7,21 17,21 18,6; p 10,10 10,17; p 14,10 14,17",
        Icon.UNDO: "p 8,4 3,9 8,14; p 3,9 14,9; a 14,14.5 5.5 270,450; p 14,20 9,20",
        Icon.CANCEL: "r 4,3 16,18; p 9,9 15,15; p 15,9 9,15",
        Icon.HOLD: "o 12,12 9; p 9.5,8 9.5,16; p 14.5,8 14.5,16",
        Icon.RECALL: "o 12,12 9; p 10,8 16,12 10,16 10,8",
        Icon.SEARCH: "o 10,10 6; p 14.5,14.5 21,21",
        Icon.REFUND: ("p 6,9 3,6 6,3; p 3,6 16,6; a 16,10.5 4.5 270,450; p 16,15 13,15; r 3,13 9,8; p 3,16 12,16"),
        Icon.PRINT: "p 7,9 7,3 17,3 17,9; r 3,9 18,8; p 7,15 7,21 17,21 17,15 7,15; f 17.5,12 0.8",
        Icon.SCALE: "p 3,6 21,6; p 12,6 12,10; r 4,10 16,11; o 12,15.5 3.5; p 12,15.5 14,13.5",
        Icon.PIECES: "p 6,6 18,18; p 18,6 6,18",
        Icon.TAB: "p 5,3 5,21 19,21 19,3 5,3; p 8,3 8,21; p 11,8 16,8; p 11,12 16,12; p 11,16 14,16",
        Icon.PRICE: "p 3,4 11,4 21,14 14,21 4,11 3,4; o 7.5,8 1.5",
        Icon.PARCEL_IN: "p 3,10 3,21 21,21 21,10; p 12,2 12,15; p 7.5,11 12,15.5 16.5,11",
        Icon.PARCEL_OUT: "p 3,10 3,21 21,21 21,10; p 12,16 12,3; p 7.5,7 12,2.5 16.5,7",
        Icon.PARCEL: _PARCEL,
        Icon.CLOCK: "o 12,12 9; p 12,6.5 12,12 16,14.5",
        Icon.SEND: "p 21,3 3,10 10,14 14,21 21,3; p 21,3 10,14",
        Icon.PHONE: "r 7,2 10,20; p 10.5,18.5 13.5,18.5; p 12,6 12,14; p 9,9 12,6 15,9",
        Icon.BILL: "p 13,2 5,13 11,13 10,22 19,10 13,10 13,2",
        Icon.BASKET: "p 2,4 5,4 8,16 19,16 21,8 6,8; f 9.5,20 1.6; f 17.5,20 1.6",
        Icon.TICKET: (
            "p 3,6 21,6 21,10 19,12 21,14 21,18 3,18 3,14 5,12 3,10 3,6; p 14,8 14,9.5; p 14,11 14,13; p 14,14.5 14,16"
        ),
        Icon.LOAN: "o 12,7.5 5; t 12,7.5 6 ¥; p 2,17 7,15 13,17 17,15.5 22,17 12,22 2,20 2,17",
        Icon.LIST: "f 4.5,6 1.2; f 4.5,12 1.2; f 4.5,18 1.2; p 9,6 20,6; p 9,12 20,12; p 9,18 20,18",
        Icon.SUN: (
            "o 12,12 4; p 12,2 12,5; p 12,19 12,22; p 2,12 5,12; p 19,12 22,12; p 5,5 7,7; "
            "p 17,17 19,19; p 19,5 17,7; p 7,17 5,19"
        ),
        Icon.MOON: "a 11,12 9 45,315; a 17.6,12 7.2 118,242",
        Icon.DRAWER: "p 4,3 20,3 20,11 4,11 4,3; p 2,11 22,11 22,20 2,20 2,11; p 9,15.5 15,15.5",
        Icon.PLUS: "o 12,12 9; p 12,7.5 12,16.5; p 7.5,12 16.5,12",
        Icon.MINUS: "o 12,12 9; p 7.5,12 16.5,12",
        Icon.REPORT: "p 3,21 21,21; p 6,21 6,13; p 11,21 11,5; p 16,21 16,9; p 20,21 20,15",
        Icon.BOX: "r 3,8 18,13; p 3,8 6,3 18,3 21,8; p 8.5,14 11,17 16,11.5",
        Icon.COUNT: (
            "r 5,4 14,18; p 9,4 9,2 15,2 15,4; p 8,10 9.5,11.5 12,9; p 14,10.5 16.5,10.5; "
            "p 8,16 9.5,17.5 12,15; p 14,16.5 16.5,16.5"
        ),
        Icon.TRUCK: "p 2,5 14,5 14,17 2,17 2,5; p 14,9 18,9 22,13 22,17 14,17; f 7,18 2.2; f 18,18 2.2",
        Icon.BROKEN: "p 7,2 17,2 17,9 13,13 13,20; p 7,2 7,9 11,13 11,20; p 8,21 16,21; p 9,2 12,6 10,8 13,11",
        Icon.HELP: "o 12,12 9.5; a 12,9.5 3 180,400; p 13.9,11.6 12,13 12,14.5; f 12,17.6 0.9",
        Icon.REPEAT: "a 12,12 8 300,560; p 17,1.5 16.5,5.5 12.6,4.4; f 12,12 1.6",
        Icon.LOUD: "p 3,9 7,9 12,4 12,20 7,15 3,15 3,9; a 13,12 4 315,405; a 13,12 8 310,410",
        Icon.QUIET: "p 3,9 7,9 12,4 12,20 7,15 3,15 3,9; a 13,12 4 315,405",
        Icon.SLOW: (
            "a 11,13 7 180,360; p 3,13 20,13; p 6,13 6,17; p 15,13 15,17; a 20,10.5 2.5 90,360; p 20,13 22.5,10.5"
        ),
        Icon.LANGUAGE: ("o 12,12 9.5; p 2.5,12 21.5,12; a 21,12 12.8 132,228; a 3,12 12.8 312,408; p 12,2.5 12,21.5"),
        Icon.TRAINING: "p 12,4 23,9 12,14 1,9 12,4; p 6,11.5 6,17; a 12,15 6.3 18,162; p 21,10 21,17",
        Icon.CHECK: "o 12,12 9.5; p 7,12.5 10.5,16 17,8.5",
        Icon.SUPPORT: f"{_PERSON}; a 12,8 6.5 180,360; r 4,7 2.5,4; r 17.5,7 2.5,4",
        Icon.STOP: "p 8,2 16,2 22,8 22,16 16,22 8,22 2,16 2,8 8,2; p 8,8 16,16; p 16,8 8,16",
        Icon.KEY: "r 4,4 16,16; f 12,15 1.5",
        Icon.LOCK: "r 4,10 16,11; a 12,10 5 180,360; f 12,15.5 1.6",
    }
)
"""All but Icon.DIGIT, which is the card's own word."""


def strokes(icon: Icon) -> list[list[str]]:
    """The drawing's strokes, each in its words; none for Icon.DIGIT."""
    return [stroke.split() for stroke in STROKES.get(icon, "").split(";") if stroke.strip()]
