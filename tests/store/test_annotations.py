from dataclasses import replace

import pytest

from earwitness.errors import InvalidInput, NotFound
from earwitness.store import legs
from earwitness.store.annotations import LONGEST_LABEL, AnnotationRow, Annotations, NewAnnotation
from earwitness.store.catalog import Catalog
from earwitness.store.searching import SearchQuery
from store_calls import a_call, a_full_call, a_message, an_id

ID = an_id(1)


@pytest.fixture
def annotations(catalog: Catalog) -> Annotations:
    catalog.put(a_full_call())
    return Annotations(catalog.database)


def note(annotations: Annotations, text: str, **fields: object) -> AnnotationRow:
    return annotations.add("default", ID, NewAnnotation(kind="note", text=text, **fields), "user:ana")  # type: ignore[arg-type]


def found(catalog: Catalog, q: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.text) for hit in catalog.search(SearchQuery(q=q)).hits]


def test_what_somebody_says_is_kept_in_the_order_it_was_said(annotations: Annotations) -> None:
    rating = annotations.add("default", ID, NewAnnotation(kind="rating", rating=2), "user:ana")
    span = annotations.add(
        "default", ID, NewAnnotation(kind="span", from_ms=1, to_ms=2, text="rude"), "cli:bo"
    )
    assert annotations.of("default", ID) == (rating, span)
    assert (rating.rating, rating.author, span.from_ms, span.text) == (2, "user:ana", 1, "rude")
    assert annotations.of("rival", ID) == ()


def test_it_survives_a_rebuild_and_goes_with_the_conversation(
    annotations: Annotations, catalog: Catalog
) -> None:
    kept = note(annotations, "the sound dropped")
    annotations.decide("default", ID, "escalated", "user:ana", is_set=True)
    annotations.decide("default", ID, "pilot", "user:ana", is_set=False)
    before = catalog.dump()
    legs.forget_all(catalog.database)
    catalog.put(a_full_call())
    assert annotations.of("default", ID) == (kept,)
    assert catalog.get("default", ID).labels == ["spanish", "escalated"]
    assert catalog.dump() == before
    assert found(catalog, "dropped OR escalated OR pilot") == [
        ("note", "the sound dropped"),
        ("label", "escalated"),
    ]
    catalog.remove("default", ID)
    catalog.put(a_full_call())
    assert annotations.of("default", ID) == ()
    assert catalog.get("default", ID).labels == ["pilot", "spanish"]


def test_labels_and_notes_are_found_at_once_and_while_the_call_goes_on(
    annotations: Annotations, catalog: Catalog
) -> None:
    note(annotations, "wonderful")
    assert annotations.decide("default", ID, "gold", "a", is_set=True) == ("pilot", "spanish", "gold")
    assert found(catalog, "wonderful") == [("note", "wonderful")]
    call = a_full_call()
    catalog.put(replace(call, messages=(*call.messages, a_message(call.legs[0], 4))))
    assert found(catalog, "wonderful OR gold") == [("note", "wonderful"), ("label", "gold")]
    assert annotations.decide("default", ID, "gold", "a", is_set=False) == ("pilot", "spanish")
    assert found(catalog, "gold") == []
    assert annotations.decide("default", ID, "gold", "a", is_set=True)[-1] == "gold"


def test_what_is_taken_away_is_gone(annotations: Annotations, catalog: Catalog) -> None:
    kept, gone = note(annotations, "one"), note(annotations, "two")
    annotations.remove("default", ID, gone.id)
    assert annotations.of("default", ID) == (kept,)
    assert found(catalog, "two") == []
    with pytest.raises(NotFound):
        annotations.remove("default", ID, gone.id)


def test_what_was_said_of_a_conversation_that_is_part_of_another_goes_with_it(
    annotations: Annotations, catalog: Catalog
) -> None:
    said = note(annotations, "about the first")
    annotations.decide("default", ID, "first", "a", is_set=True)
    whole = a_call(2)
    catalog.put(replace(whole, legs=(*a_full_call().legs, *whole.legs)))
    assert annotations.of("default", an_id(2)) == (said,)
    catalog.put(replace(whole, legs=(*a_full_call().legs, *whole.legs)))
    assert catalog.get("default", an_id(2)).labels == ["first"]


@pytest.mark.parametrize(
    "wrong",
    [
        NewAnnotation(kind="rating"),
        NewAnnotation(kind="note", text="  "),
        NewAnnotation(kind="span", from_ms=1),
        NewAnnotation(kind="span", from_ms=2, to_ms=1),
        NewAnnotation(kind="note", text="x", to_ms=1),
    ],
)
def test_what_says_nothing_is_refused(annotations: Annotations, wrong: NewAnnotation) -> None:
    with pytest.raises(InvalidInput) as refused:
        annotations.add("default", ID, wrong, "a")
    assert refused.value.hint


@pytest.mark.parametrize("label", ["", "  ", "x" * (LONGEST_LABEL + 1)])
def test_what_is_no_label_is_refused(annotations: Annotations, label: str) -> None:
    with pytest.raises(InvalidInput):
        annotations.decide("default", ID, label, "a", is_set=True)


def test_nothing_is_said_of_what_is_not_there_or_is_anothers(annotations: Annotations) -> None:
    for workspace, conversation in (("rival", ID), ("default", an_id(9))):
        with pytest.raises(NotFound):
            annotations.add(workspace, conversation, NewAnnotation(kind="note", text="x"), "a")
        with pytest.raises(NotFound):
            annotations.decide(workspace, conversation, "x", "a", is_set=True)
