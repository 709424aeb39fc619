"""`annotate`: the same as over HTTP, in one line."""

from typed import Typist


def test_a_rating_a_note_a_span_and_labels_are_kept_over_a_rebuild(own_typist: Typist, order: str) -> None:
    had = own_typist.json("annotate", order)
    assert had["annotations"] == []
    own_typist.type("annotate", order, "--rating", 2, "--note", "cut her off", "--label", "review")
    own_typist.type("annotate", order, "--from", 1.5, "--to", 2, "--unlabel", had["labels"][0])
    assert "review" in own_typist.type("show", order).stdout
    own_typist.type("reindex")
    said = own_typist.json("annotate", order)
    assert [(row["kind"], row["rating"], row["from_ms"]) for row in said["annotations"]] == [
        ("rating", 2, None),
        ("span", None, 1500),
    ]
    assert said["labels"] == [*had["labels"][1:], "review"]
    assert f"Labels: {', '.join(said['labels'])}\n" in own_typist.type("show", order).stdout
    lines = own_typist.type("annotate", order).stdout.splitlines()
    assert lines[0] == f"labels: {', '.join(said['labels'])}"
    assert lines[1].endswith("rating  2/5  cut her off")
    assert lines[2].endswith("span  1.5-2.0 s")
    own_typist.type("annotate", order, "--remove", said["annotations"][0]["id"])
    assert len(own_typist.json("annotate", order)["annotations"]) == 1


def test_half_a_span_is_refused(own_typist: Typist, order: str) -> None:
    assert "span" in own_typist.refused("annotate", order, "--from", 1)
