"""Finding conversations in what is kept: by filters and by name; and whether everything is being saved."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from earwitness.errors import InvalidInput, NotFound
from earwitness.library import open_library
from recorded import PLAYS, copy_of, recording


@pytest.fixture
def played(tmp_path):
    """The recorded calls, in a folder that may be changed."""
    library = open_library(copy_of(recording(), tmp_path))
    yield library
    library.catalog.close()


def ids(found):
    return [recorded.id for recorded in found]


def test_filters_find_what_they_say(played):
    assert len(ids(played.conversations())) == len(PLAYS)
    assert len(ids(played.conversations(limit=3))) == len(PLAYS)  # pages are turned by themselves
    assert all("twilio" in each.row.providers for each in played.conversations(provider="twilio"))
    assert len(ids(played.conversations(provider="twilio"))) == len(PLAYS) / 2
    assert len(ids(played.conversations(provider="openai"))) == len(PLAYS)  # every call has such a leg
    assert len(ids(played.conversations(label="order"))) == 2
    assert len(ids(played.conversations(subject="RID-dies", status="partial"))) == 2
    assert {each.row.status for each in played.conversations(status="failed")} == {"failed"}
    assert ids(played.conversations(min_messages=8)) == ids(played.conversations(label="order"))
    assert len(ids(played.conversations(q='"mushroom PIZZA"', label="order"))) == 2
    newest = played.conversation("latest")
    assert ids(played.conversations())[0] == newest.id
    assert newest.id not in ids(played.conversations(until=newest.row.started_at))
    assert ids(played.conversations(since=newest.row.started_at)) == [newest.id]
    assert ids(played.conversations(since=datetime.now(UTC) + timedelta(days=1))) == []
    assert ids(played.of_workspace("other").conversations()) == []


def test_a_filter_that_does_not_exist_is_refused(played):
    with pytest.raises((TypeError, InvalidInput)):
        list(played.conversations(colour="red"))
    with pytest.raises(InvalidInput):
        list(played.conversations(status="happy"))


def test_a_conversation_is_found_by_id_unique_beginning_recording_id_and_latest(played):
    wanted = recording().call("twilio", "order")
    # every id of one run begins alike: only a long beginning is unique
    for reference in (wanted.id, wanted.id[:-4], wanted.row.recording_id):
        assert played.conversation(reference).id == wanted.id
    assert re.fullmatch(r"\d{8}_\d{6}_CA[0-9a-f]{32}", wanted.row.recording_id)
    assert played.conversation("latest").row.started_at == max(
        each.row.started_at for each in played.conversations()
    )
    for reference in (wanted.id[:2], "no-such-call"):
        with pytest.raises((NotFound, InvalidInput)):
            played.conversation(reference)
    with pytest.raises(NotFound):
        played.of_workspace("other").conversation(wanted.id)


def test_check_counts_roles_providers_and_problems(played):
    told = played.check()
    rows = [row for each in played.conversations() for row in each.messages()]
    assert told["messages_by_role"] == {
        role: sum(row.role == role for row in rows) for role in ("assistant", "user")
    }
    assert sum(told["messages_by_provider"].values()) == len(rows)
    assert sum(told["conversations"].values()) == len(PLAYS)
    assert told["tool_calls"] == 2
    assert len(told["newest_messages"]) == 10
    assert len([line for line in told["problems"] if "peer_lost" in line]) == 2
    assert len([line for line in told["problems"] if "refused:" in line]) >= 2
