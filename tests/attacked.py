"""What tests of attacks know of the desk that is attacked; its fixtures are in `security/conftest.py`."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

SENTENCE = "the heron eats at seven"  # ana's password
OWN = "http://127.0.0.1:5001"  # where the desk's pages come from
LIST = "/api/v1/conversations"
MARKUP = "<img src=x onerror=document.title='owned'>"  # what the agent of our call says

Login = Callable[..., tuple[TestClient, Any]]
