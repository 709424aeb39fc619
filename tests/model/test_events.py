"""What every event promises."""

import dataclasses
from itertools import pairwise

import pytest

from earwitness.model import events
from earwitness.model.events import Event, Evidence
from earwitness.model.fold import Fold
from earwitness.model.sound import stronger

KINDS = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_event_is_frozen_and_its_fields_are_named(kind: type[Event]) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all(field.kw_only for field in dataclasses.fields(kind))
    assert not hasattr(object.__new__(kind), "__dict__")


@pytest.mark.parametrize("kind", [k for k in KINDS if k is not Event], ids=lambda kind: kind.__name__)
def test_every_event_has_a_use(kind: type[Event]) -> None:
    assert kind in Fold("c")._table()


def test_evidence_is_listed_from_the_strongest_on() -> None:
    listed = list(Evidence)

    assert [stronger(one, other) for one, other in pairwise(listed)] == listed[:-1]
