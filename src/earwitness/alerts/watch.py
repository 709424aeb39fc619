"""From what rules find to alerts: when one begins, when it is over, and whether somebody is told.

What holds is kept in the catalog, so a restart neither forgets an alert nor tells of it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa

from earwitness.alerts.rules import Call, Reading, judge, looks_back, threshold_of
from earwitness.clock import Clock, SystemClock, uuid7
from earwitness.errors import InvalidInput, NotFound
from earwitness.model.conversation import Status
from earwitness.outbound.outbox import Outbox
from earwitness.settings.outbound import AlertRule, period_of
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row
from earwitness.store.telling_schema import alert_rules as _rules
from earwitness.store.telling_schema import alerts as _alerts
from earwitness.store.types import moment

FIRING, RESOLVED = "firing", "resolved"
MOST_CALLS = 50_000  # that a rule looks at, the newest


class AlertRow(Row, frozen=True, kw_only=True):
    """One thing that was found wrong."""

    TABLE: ClassVar[str] = "alerts"
    id: str
    workspace_id: str
    rule: str
    about: str
    state: str
    value: float
    threshold: float
    message: str
    evidence: list[str]
    began_at: datetime
    seen_at: datetime
    resolved_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule under its name, and where it is from: `settings`, or `api`, where it can be changed."""

    name: str
    source: str
    rule: AlertRule

    def document(self) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.to_builtins(self.rule)
        return {"name": self.name, "source": self.source, **told, "threshold": threshold_of(self.rule)}


def step(
    before: AlertRow | None, reading: Reading, rule: AlertRule, now: datetime, told_at: datetime | None
) -> tuple[AlertRow | None, bool]:
    """What becomes of an alert by a reading, and whether that is to be told; None: nothing is to be kept.

    `before`: the one that is firing, if any. `told_at`: when somebody was told of the same last.
    """
    if reading.is_wrong:
        found: dict[str, Any] = {
            "value": reading.value,
            "message": reading.message,
            "evidence": list(reading.evidence),
            "seen_at": now,
        }
        if before is not None:
            return msgspec.structs.replace(before, **found), False
        is_told = told_at is None or now - told_at >= period_of(rule.hold_off)
        new = AlertRow(
            id=str(uuid7()),
            workspace_id=rule.workspace,
            rule="",
            about=reading.about,
            state=FIRING,
            threshold=threshold_of(rule),
            began_at=now,
            resolved_at=None,
            told_at=now if is_told else None,
            **found,
        )
        return new, is_told
    if before is None or now - before.seen_at < period_of(rule.recovery):
        return None, False
    over = msgspec.structs.replace(before, state=RESOLVED, resolved_at=now, value=reading.value)
    return over, before.told_at is not None


class Watch:
    """The rules of the settings and of the API, and the alerts they led to."""

    def __init__(
        self,
        database: Database,
        rules: Mapping[str, AlertRule],
        outbox: Outbox,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._set_rules = rules
        self._outbox = outbox
        self._clock = clock or SystemClock()

    def look(self, trouble: Sequence[str] = ()) -> tuple[AlertRow, ...]:
        """Judge every rule now; the alerts that changed. Whom it concerns is told by way of the outbox.

        `trouble`: why the recorder is not to be trusted just now.
        """
        now = moment(self._clock.now().wall_ns)
        return tuple(
            alert
            for workspace in self._workspaces()
            for named in self.rules(workspace)
            for alert in self._judge(named, now, trouble)
        )

    def _judge(self, named: Rule, now: datetime, trouble: Sequence[str]) -> list[AlertRow]:
        rule, changed = named.rule, []
        readings = judge(rule, self._calls(rule, now), now, trouble)
        firing = {alert.about: alert for alert in self._of(rule.workspace, named.name, FIRING)}
        found = {reading.about: reading for reading in readings}
        for about in firing.keys() - found.keys():  # nothing speaks for it any more
            words = "too few calls to say"
            found[about] = Reading(about=about, value=firing[about].value, is_wrong=False, message=words)
        for about, reading in found.items():
            told_at = self._told_at(rule.workspace, named.name, about)
            alert, is_told = step(firing.get(about), reading, rule, now, told_at)
            if alert is None:
                continue
            alert = msgspec.structs.replace(alert, rule=named.name)
            self._put(alert)
            if is_told:
                self._tell(alert, rule)
            if about not in firing or alert.state != FIRING:
                changed.append(alert)
        return changed

    def _tell(self, alert: AlertRow, rule: AlertRule) -> None:
        self._outbox.put(
            "alert",
            alert.document(),
            workspace=alert.workspace_id,
            about=f"alert:{alert.id}:{alert.state}",
            only=rule.endpoints,
        )

    # -- rules ----------------------------------------------------------------------------------------

    def rules(self, workspace: str) -> list[Rule]:
        """Those of the workspace by name; one of the API stands before one of the settings of its name."""
        found = {
            name: Rule(name=name, source="settings", rule=rule)
            for name, rule in self._set_rules.items()
            if rule.workspace == workspace
        }
        wanted = sa.select(_rules.c.name, _rules.c.rule).where(_rules.c.workspace_id == workspace)
        with self._database.reading() as connection:
            for name, given in connection.execute(wanted):
                rule = msgspec.convert({**given, "workspace": workspace}, AlertRule)
                found[name] = Rule(name=name, source="api", rule=rule)
        return [found[name] for name in sorted(found)]

    def set_rule(self, workspace: str, name: str, given: Mapping[str, Any], *, by: str) -> Rule:
        """The rule stands so from now on. Raises `InvalidInput` for what is none."""
        try:
            rule = msgspec.convert({**given, "workspace": workspace}, AlertRule)
        except msgspec.ValidationError as error:
            raise InvalidInput(
                f"not a rule: {error}", hint="See docs/reference/settings.md, alerts.<name>."
            ) from error
        self._remove(workspace, name)
        row = {"workspace_id": workspace, "name": name, "rule": msgspec.to_builtins(rule), "changed_by": by}
        with self._database.writing() as connection:
            connection.execute(sa.insert(_rules), {**row, "changed_at": moment(self._clock.now().wall_ns)})
        return Rule(name=name, source="api", rule=rule)

    def remove_rule(self, workspace: str, name: str) -> None:
        """It is judged no more; what it found is over. Raises `NotFound` where the API has set none."""
        if not self._remove(workspace, name):
            raise NotFound(f"no rule {name} was set over the API", hint="Those of the settings go there.")
        now = moment(self._clock.now().wall_ns)
        for alert in self._of(workspace, name, FIRING):
            self._put(msgspec.structs.replace(alert, state=RESOLVED, resolved_at=now))

    def _remove(self, workspace: str, name: str) -> bool:
        mine = (_rules.c.workspace_id == workspace) & (_rules.c.name == name)
        with self._database.writing() as connection:
            return connection.execute(sa.delete(_rules).where(mine)).rowcount > 0

    # -- alerts ---------------------------------------------------------------------------------------

    def alerts(self, workspace: str, *, state: str | None = None, limit: int = 100) -> tuple[AlertRow, ...]:
        """What was found wrong, the newest first."""
        where = [_alerts.c.workspace_id == workspace, *([_alerts.c.state == state] if state else [])]
        wanted = sa.select(*columns(AlertRow)).where(*where)
        with self._database.reading() as connection:
            found = connection.execute(wanted.order_by(_alerts.c.began_at.desc(), _alerts.c.id).limit(limit))
            return tuple(to_row(AlertRow, row) for row in found)

    def purge(self, workspace: str, conversation: str) -> None:
        """No alert names this conversation any more."""
        for alert in self.alerts(workspace, limit=10_000):
            if conversation in alert.evidence:
                rest = [each for each in alert.evidence if each != conversation]
                self._put(msgspec.structs.replace(alert, evidence=rest))

    def _of(self, workspace: str, rule: str, state: str) -> list[AlertRow]:
        mine = (_alerts.c.workspace_id == workspace) & (_alerts.c.rule == rule) & (_alerts.c.state == state)
        with self._database.reading() as connection:
            return [
                to_row(AlertRow, row) for row in connection.execute(sa.select(*columns(AlertRow)).where(mine))
            ]

    def _told_at(self, workspace: str, rule: str, about: str) -> datetime | None:
        mine = (_alerts.c.workspace_id == workspace) & (_alerts.c.rule == rule) & (_alerts.c.about == about)
        with self._database.reading() as connection:
            told: datetime | None = connection.scalar(
                sa.select(_alerts.c.told_at)
                .where(mine, _alerts.c.told_at.is_not(None))
                .order_by(_alerts.c.told_at.desc())
                .limit(1)
            )
        return told

    def _put(self, alert: AlertRow) -> None:
        row = {name: getattr(alert, name) for name in alert.__struct_fields__}
        with self._database.writing() as connection:
            connection.execute(sa.delete(_alerts).where(_alerts.c.id == alert.id))
            connection.execute(sa.insert(_alerts), row)

    # -- calls ----------------------------------------------------------------------------------------

    def _workspaces(self) -> list[str]:
        with self._database.reading() as connection:
            named = set(connection.scalars(sa.select(_rules.c.workspace_id).distinct()))
        return sorted(named | {rule.workspace for rule in self._set_rules.values()})

    def _calls(self, rule: AlertRule, now: datetime) -> list[Call]:
        """The calls that the rule may look at, the newest first."""
        head, leg, made = schema.conversations.c, schema.legs.c, schema.artifacts.c
        is_saved = sa.exists().where(made.conversation_id == head.id, made.name == "figures.json")
        since = now - looks_back(rule)
        wanted = (
            sa.select(*schema.conversations.c, is_saved.label("is_saved"))
            .where(
                head.workspace_id == rule.workspace, head.status != Status.ACTIVE.value, head.ended_at > since
            )
            .order_by(head.started_at.desc())
            .limit(MOST_CALLS)
        )
        routes: dict[str, list[str]] = {}
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            oldest = min((row.started_at for row in rows), default=now)
            came = sa.select(leg.conversation_id, leg.route).where(
                leg.workspace_id == rule.workspace, leg.opened_at >= oldest
            )
            for conversation, route in connection.execute(came):
                routes.setdefault(conversation, []).append(route)
        return [_call(row, routes.get(row.id, [])) for row in rows]


def _call(row: Any, routes: list[str]) -> Call:
    heard = (row.interruptions_by_caller, row.interruptions_by_agent)
    return Call(
        id=row.id,
        routes=tuple(dict.fromkeys(routes)),
        providers=tuple(row.providers),
        started_at=row.started_at,
        ended_at=row.ended_at,
        status=row.status,
        duration_ms=row.duration_ms,
        messages=row.message_count,
        interruptions=row.interruption_count if None in heard else sum(heard),
        health_score=row.health_score,
        response_p95_ms=row.response_p95_ms,
        dead_air_ms=row.dead_air_ms,
        failed_saves=row.failed_saves,
        is_saved=bool(row.is_saved),
    )
