"""`/api/v1/alerts`: what was found wrong, and the rules; `/api/v1/outbox`: what others were told."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from earwitness.server.guard import Admin, Reader

router = APIRouter(prefix="/api/v1", tags=["alerts"])

Limit = Annotated[int, Query(ge=1, le=1000, description="how many at most")]
Name = Annotated[str, Path(min_length=1, max_length=100)]


class RuleRequest(BaseModel):
    """A rule, as `alerts.<name>` of the settings has it; it is of the key's own workspace."""

    model_config = ConfigDict(extra="forbid")
    watch: str = Field(max_length=50)
    threshold: float | None = None
    window: str = Field(default="15m", max_length=20)
    hold_off: str = Field(default="30m", max_length=20)
    recovery: str = Field(default="5m", max_length=20)
    min_calls: int = Field(default=5, ge=1, le=1_000_000)
    route: str = Field(default="", max_length=200)
    provider: str = Field(default="", max_length=50)
    tell: list[str] = Field(default_factory=list, max_length=100)


@router.get("/alerts", summary="What the rules found wrong, the newest first")
def alerts(
    visitor: Reader, state: Literal["firing", "resolved"] | None = None, limit: Limit = 100
) -> dict[str, Any]:
    found = visitor.library.alerts(state=state, limit=limit)
    return {"alerts": [alert.document() for alert in found]}


@router.get("/alerts/rules", summary="The rules, and where each is from")
def rules(visitor: Reader) -> dict[str, Any]:
    return {"rules": [rule.document() for rule in visitor.library.alert_rules()]}


@router.put(
    "/alerts/rules/{rule_name}", summary="Set a rule; it stands before one of the settings of its name"
)
def set_rule(visitor: Admin, rule_name: Name, body: RuleRequest) -> dict[str, Any]:
    return visitor.library.set_alert_rule(rule_name, body.model_dump()).document()


@router.delete("/alerts/rules/{rule_name}", status_code=204, summary="Take a rule away that was set here")
def remove_rule(visitor: Admin, rule_name: Name) -> None:
    visitor.library.remove_alert_rule(rule_name)


@router.get("/outbox", summary="What others were told, or are still to be, the newest first")
def deliveries(
    visitor: Admin,
    state: Literal["waiting", "delivered", "failed", "erased"] | None = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    found = visitor.library.deliveries(state=state, limit=limit)
    return {"outbox": [each.document() for each in found]}


@router.post("/outbox/{delivery_id}/replay", summary="Tell it once more, under the same id")
def replay(visitor: Admin, delivery_id: Annotated[str, Path(max_length=100)]) -> dict[str, Any]:
    return visitor.library.replay(delivery_id).document()
