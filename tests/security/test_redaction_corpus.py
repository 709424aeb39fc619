"""How much of what people say of themselves is found, and how much else: by the benchmark's goals."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "bench"))

from _redaction_corpus import KINDS, LINES, lines
from _redaction_judge import judge

from redaction import GOAL_PRECISION, GOAL_RECALL, GOAL_RECALL_ELSE, Naive

CORPUS = lines()
HALVES = {
    is_unseen: judge(line for line in CORPUS if line.is_unseen is is_unseen) for is_unseen in (False, True)
}


def test_the_corpus_has_2000_lines_in_six_languages_and_labels_of_every_kind_written_and_spoken():
    assert len(CORPUS) == sum(LINES.values()) == 2000
    assert {line.language for line in CORPUS} == set(LINES)
    labels = [label for line in CORPUS for label in line.labels]
    assert {label.kind for label in labels} == set(KINDS)
    assert {label.kind for label in labels if label.is_spoken} == set(KINDS) - {"policy", "name"}
    assert sum(not line.labels for line in CORPUS) > 600
    assert sum(len(line.parts) > 1 for line in CORPUS) > 100
    assert lines() == CORPUS


@pytest.mark.parametrize("is_unseen", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_r40_of_each_kind_enough_is_found_and_little_else(kind, is_unseen):
    score = HALVES[is_unseen].by["kind", kind]
    assert score.labels > 5
    assert score.recall >= GOAL_RECALL.get(kind, GOAL_RECALL_ELSE)
    assert score.precision >= GOAL_PRECISION


@pytest.mark.parametrize("language", LINES)
def test_r40_in_each_language_enough_is_found_and_little_else(language):
    for half in HALVES.values():
        score = half.by["language", language]
        assert score.recall >= GOAL_RECALL_ELSE
        assert score.precision >= GOAL_PRECISION


def test_regular_expressions_alone_would_not_do():
    judged = judge(CORPUS, Naive())
    assert judged.by["all", "all"].recall < 0.7
