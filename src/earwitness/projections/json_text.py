"""JSON as our files have it."""

import json
from typing import Any

one_line = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make one for every event


def as_json(document: Any) -> str:
    """To be read by people too."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
