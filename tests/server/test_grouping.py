"""Legs joined and split over HTTP: who may, what is answered, what the trail tells."""

from asked import Asker


def legs_of(asker: Asker, conversation: str) -> list[dict[str, str]]:
    return list(asker.ask(f"/api/v1/conversations/{conversation}").json()["legs"])


def test_who_may_write_splits_a_leg_off_and_joins_it_again(own_asker: Asker, phone_order: str) -> None:
    of = f"/api/v1/conversations/{phone_order}"
    phone, voice_ai = legs_of(own_asker, phone_order)
    split = own_asker.ask(f"{of}/split", "write", "POST", json={"legs": [voice_ai["id"]], "reason": "a test"})
    assert split.status_code == 200, split.text
    apart = split.json()["conversation"]
    assert split.json()["is_done"]
    assert [leg["id"] for leg in split.json()["legs"]] == [voice_ai["id"]]
    assert [leg["id"] for leg in legs_of(own_asker, phone_order)] == [phone["id"]]
    assert [leg["id"] for leg in legs_of(own_asker, apart)] == [voice_ai["id"]]
    joined = own_asker.ask(f"{of}/join", "write", "POST", json={"others": [apart]})
    assert joined.json()["conversation"] == phone_order
    shown = legs_of(own_asker, phone_order)
    assert [leg["id"] for leg in shown] == [phone["id"], voice_ai["id"]]
    assert all(leg["joined_by"].startswith("hand:key:") for leg in shown)
    assert own_asker.ask(f"/api/v1/conversations/{apart}").status_code == 404
    entries = own_asker.ask(f"/api/v1/audit?conversation={phone_order}", "admin").json()["entries"]
    assert {"join"} <= {entry["action"] for entry in entries}


def test_who_only_reads_moves_nothing_and_others_see_nothing(own_asker: Asker, phone_order: str) -> None:
    of = f"/api/v1/conversations/{phone_order}"
    leg = legs_of(own_asker, phone_order)[1]["id"]
    for verb, body in (("split", {"legs": [leg]}), ("join", {"others": ["latest"]})):
        assert own_asker.ask(f"{of}/{verb}", "read", "POST", json=body).status_code == 403
        assert own_asker.ask(f"{of}/{verb}", "other", "POST", json=body).status_code == 404
        assert own_asker.ask(f"{of}/{verb}", "write", "POST", json={}).status_code == 422
        assert own_asker.ask(f"{of}/{verb}", "write", "POST", json={**body, "more": 1}).status_code == 422
    assert len(legs_of(own_asker, phone_order)) == 2


def test_what_cannot_be_is_told_with_a_hint(own_asker: Asker, phone_order: str) -> None:
    of = f"/api/v1/conversations/{phone_order}"
    every = [leg["id"] for leg in legs_of(own_asker, phone_order)]
    for body, status in (({"legs": every}, 409), ({"legs": ["0000"]}, 404), ({"legs": []}, 422)):
        answer = own_asker.ask(f"{of}/split", "write", "POST", json=body)
        assert (answer.status_code, bool(answer.json()["hint"])) == (status, True), answer.text
