"""`split` and `join`: the same as over HTTP, in one line."""

from typed import Typist


def test_a_leg_is_split_off_and_joined_again_by_hand(own_typist: Typist, order: str) -> None:
    calls = own_typist.json("list", "--provider", "twilio")
    call = next(row["id"] for row in calls if len(row["providers"]) == 2)
    phone, voice_ai = (leg["id"] for leg in own_typist.json("show", call)["legs"])
    split = own_typist.json("split", call, voice_ai[:-2], "--reason", "another call")
    assert (split["is_done"], [leg["id"] for leg in split["legs"]]) == (True, [voice_ai])
    lines = own_typist.type("join", call, split["conversation"]).stdout.splitlines()
    assert lines[0] == f"conversation {call}"
    assert [line.split()[0] for line in lines[1:]] == [phone, voice_ai]
    own_typist.type("reindex")
    assert own_typist.type("show", call).stdout.count("joined by hand:cli:") == 2
    assert "no leg" in own_typist.refused("split", call, "ffff")
