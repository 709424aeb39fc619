"""Which policy holds for which call, and what happens where redaction fails."""

from dataclasses import replace

from earwitness.model.events import TextArrived
from earwitness.redaction.conversation import Memory, Redactor
from earwitness.redaction.policies import FAILED, Policies, Untouched, together
from earwitness.settings.redaction import Redaction
from lines import call, texts

LINE = "u: I am jane@doe.org, 415-555-0123"
OFF = Redaction(enabled=False)


def of_routes(*routes):
    [leg] = call(LINE).legs
    return replace(call(LINE), legs=tuple(replace(leg, id=route, route=route) for route in routes))


def test_a_route_may_be_excepted_and_a_call_over_two_routes_is_redacted_if_one_is():
    policies = Policies(Redaction(), {"free": OFF, "common": None})
    assert texts(policies.redact(of_routes("free"))) == [LINE[3:]]
    assert "jane" not in texts(policies.redact(of_routes("common")))[0]
    assert "jane" not in texts(policies.redact(of_routes("free", "common")))[0]


def test_two_policies_take_out_what_either_does():
    one, other = Redaction(kinds=("email",), sound="keep"), Redaction(kinds=("phone",), margin_ms=400)
    both = together([one, other])
    assert (both.kinds, both.sound, both.margin_ms) == (("email", "phone"), "silence", 400)
    assert texts(Redactor(both).redact(call(LINE))) == ["I am user@example.com, XXX-XXX-XXXX"]


def test_where_redaction_fails_no_word_and_no_sound_is_left_and_the_record_says_so(monkeypatch):
    def fail(*_):
        raise RuntimeError("jane@doe.org")

    monkeypatch.setattr(Redactor, "redact", fail)
    shown = Policies(Redaction(), {}).redact(call(LINE, metadata={"name": "Jane"}))
    assert texts(shown) == ["[withheld]"]
    assert (shown.metadata, shown.is_withheld) == ({}, True)
    assert [(f.code, "jane" in f.message) for f in shown.findings] == [(FAILED, False)]
    assert all(start < 0 and end > 1 << 60 for [(start, end)] in shown.silenced.values())
    event = TextArrived(seen=None, item="i", text="jane")
    assert not list(Policies(Redaction(), {}).events(shown, Memory(), [event]))


def test_who_may_see_everything_does():
    assert Untouched().redact(call(LINE)) == call(LINE)
