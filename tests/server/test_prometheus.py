"""What is counted is what is there."""

from collections import Counter

from asked import Asker
from earwitness.server.figures import HELP


def test_conversations_are_counted_by_status_and_every_family_has_its_help(asker: Asker) -> None:
    lines = asker.ask("/metrics").text.splitlines()
    statuses = Counter(recorded.row.status for recorded in asker.library.conversations())
    for status, count in statuses.items():
        assert f'earwitness_conversations{{status="{status}"}} {float(count)}' in lines
    for name, text in HELP.items():
        assert f"# HELP {name} {text}" in lines


def test_what_stands_against_records_is_counted_by_reason(asker: Asker) -> None:
    lines = asker.ask("/metrics").text.splitlines()
    rows = [recorded.row for recorded in asker.library.conversations()]
    reasons = Counter(reason for row in rows for reason in row.health_reasons)
    assert reasons
    name = "earwitness_conversations_with_health_reason"
    told = {line for line in lines if line.startswith(f"{name}{{")}
    assert told == {f'{name}{{reason="{reason}"}} {float(count)}' for reason, count in reasons.items()}


def test_messages_are_counted_by_provider_and_role_for_the_workspace_of_the_key(asker: Asker) -> None:
    def total(key: str) -> float:
        lines = asker.ask("/metrics", key).text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("earwitness_messages{"))

    assert total("read") == sum(recorded.row.message_count for recorded in asker.library.conversations())
    assert 0 < total("other") < total("read")
