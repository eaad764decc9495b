"""Modules of the codec that read nothing of others, and why no hostile input is tried on them."""

from __future__ import annotations

from fuzz_identity import IDENTITY_WRITES_ONLY

WRITES_ONLY = {
    **IDENTITY_WRITES_ONLY,
    "chronology": "sorts and dates rows that others have read",
    "earcon": "makes sounds of our own numbers",
    "floor": "sees what a sentence weighs, not what it says",
    "app_order_bodies": "its bodies are read with all others",
    "app_order_record_body": "writes the terminal's own records",
    "warranty_bodies": "its bodies are read with all others",
    "warranty_record_body": "writes the terminal's own records",
    "refusal_bodies": "its bodies are read with all others",
    "cloud_bodies": "its bodies are read with all others",
    "cloud_record_body": "writes the terminal's own records",
    "refusal_record_body": "writes the terminal's own records",
    "day_bodies": "its bodies are read with all others",
    "day_record_body": "writes the terminal's own records",
    "insight_bodies": "its bodies are read with all others",
    "insight_record_body": "writes the terminal's own records",
    "licence_bodies": "its bodies are read with all others",
    "licence_record_body": "writes the terminal's own records",
    "agent_bodies": "its bodies are read with all others",
    "agent_record_body": "writes the terminal's own records",
    "loan_bodies": "its bodies are read with all others",
    "loan_record_body": "writes the terminal's own records",
    "service_bodies": "its bodies are read with all others",
    "service_record_body": "writes the terminal's own records",
    "parcel_bodies": "its bodies are read with all others",
    "parcel_record_body": "writes the terminal's own records",
    "purchase_bodies": "its bodies are read with all others",
    "purchase_record_body": "writes the terminal's own records",
    "stock_bodies": "its bodies are read with all others",
    "stock_record_body": "writes the terminal's own records",
    "tab_bodies": "its bodies are read with all others",
    "tab_record_body": "writes the terminal's own records",
    "record_body": "writes the terminal's own records",
    "sale_record_body": "writes the terminal's own records",
    "sale_bodies": "holds bodies of events, which are read by their name in bodies",
    "scanner_command": "writes commands; replies of scanners are not read",
    "slip_length": "measures slips of our own",
    "speech": "speaks numbers and digits of the terminal; foreign words go through prompts",
    "wire_batch": "writes the ledger's own rows",
    "wire_term": "holds the words of wire_up and wire_down, which read them",
}
"""Modules of edge/codec without a target, and why they need none."""
