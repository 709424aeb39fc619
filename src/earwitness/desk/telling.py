"""The desk's part that tells others: webhooks of what became of calls, alerts of what is found wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from earwitness.alerts.watch import AlertRow, Rule, Watch
from earwitness.clock import NS_PER_MS
from earwitness.desk.counting import Counting
from earwitness.model.conversation import Conversation, Status
from earwitness.outbound.outbox import DeliveryRow, Outbox
from earwitness.projections.naming import call_id, recording_id
from earwitness.store.rows import ConversationRow
from earwitness.store.types import moment

NEWS_FOR = timedelta(days=1)  # of what is longer past nobody is told: it is being made again


class Telling(Counting):
    """The part of the desk that speaks up by itself."""

    def _open_telling(self) -> None:
        database = self.catalog.database
        self.outbox = Outbox(database, self.settings.outbound)
        self.watching = Watch(database, self.settings.alerts, self.outbox)
        self.erasures.purgers.append(self._forget_told)
        self._begun: set[str] = set()  # of whose beginning somebody was told, or need not be

    def tell_of(self, conversation: Conversation) -> None:
        """Whoever wants to know that it began, ended or failed is told once; so too that words were taken
        out."""
        if not self.settings.outbound or self._is_past(conversation):
            return
        if conversation.status is Status.ACTIVE:
            if conversation.id in self._begun:
                return
            self._begun.add(conversation.id)
            events = ["started"]
        else:
            self._begun.discard(conversation.id)
            events = ["failed" if conversation.status is Status.FAILED else "completed"]
            events += ["redacted"] if conversation.redactions else []
        for event in events:
            self.outbox.put(
                event,
                _data(conversation),
                workspace=conversation.workspace,
                conversation=conversation.id,
                about=f"{event}:{conversation.id}",
            )

    def _is_past(self, conversation: Conversation) -> bool:
        last = moment(conversation.began_at_ns + conversation.duration_ns)
        return datetime.now(UTC) - last > NEWS_FOR

    def _forget_told(self, row: ConversationRow) -> None:
        self.outbox.purge(row.workspace_id, row.id)
        self.watching.purge(row.workspace_id, row.id)
        self.outbox.put(
            "erased",
            {"conversation": row.id, "workspace": row.workspace_id},
            workspace=row.workspace_id,
            conversation=row.id,
            about=f"erased:{row.id}",
        )

    def look_for_alerts(self, trouble: Sequence[str] = ()) -> tuple[AlertRow, ...]:
        """Judge all rules, of every workspace; what changed. Whom it concerns is told. `trouble`: why the
        recorder is not to be trusted just now."""
        return self.watching.look(trouble)

    def firing(self) -> dict[str, int]:
        """How many alerts of this workspace are not over, by rule; 0 where there are none."""
        found = Counter(alert.rule for alert in self.watching.alerts(self.workspace, state="firing"))
        return {rule.name: found[rule.name] for rule in self.watching.rules(self.workspace)}

    # -- asked ----------------------------------------------------------------------------------------

    def alerts(self, *, state: str | None = None, limit: int = 100) -> tuple[AlertRow, ...]:
        """What the rules found wrong in this workspace, the newest first; `state`: firing or resolved."""
        self._touch()
        return self.watching.alerts(self.workspace, state=state, limit=limit)

    def alert_rules(self) -> list[Rule]:
        """The rules of this workspace, by name."""
        self._touch()
        return self.watching.rules(self.workspace)

    def set_alert_rule(self, name: str, rule: Mapping[str, Any]) -> Rule:
        """The rule stands so from now on. Raises `InvalidInput` for what is none."""
        self._touch()
        return self.watching.set_rule(self.workspace, name, rule, by=self.actor)

    def remove_alert_rule(self, name: str) -> None:
        """It is judged no more. Raises `NotFound`."""
        self._touch()
        self.watching.remove_rule(self.workspace, name)

    def deliveries(self, *, state: str | None = None, limit: int = 100) -> tuple[DeliveryRow, ...]:
        """What others were told of this workspace, or are still to be, the newest first."""
        self._touch()
        return self.outbox.list(self.workspace, state=state, limit=limit)

    def replay(self, delivery: str) -> DeliveryRow:
        """Tell it once more, under the same id. Raises `NotFound`."""
        self._touch()
        return self.outbox.replay(self.workspace, delivery)


def _data(conversation: Conversation) -> dict[str, Any]:
    """What others are told of a call: no word that was said, nobody's name."""
    return {
        "conversation": conversation.id,
        "workspace": conversation.workspace,
        "call_id": call_id(conversation),
        "recording_id": recording_id(conversation),
        "status": conversation.status.value,
        "providers": list(conversation.providers),
        "routes": list(dict.fromkeys(leg.route for leg in conversation.legs)),
        "labels": list(conversation.labels),
        "started_at": moment(conversation.began_at_ns).isoformat(),
        "duration_ms": conversation.duration_ns // NS_PER_MS,
        "messages": len(conversation.messages),
        "tool_calls": len(conversation.tool_calls),
        "redactions": len(conversation.redactions),
    }
