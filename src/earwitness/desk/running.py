"""Running calls: what is said of them is said to the processes that record them."""

from pathlib import Path
from typing import Any

from earwitness.capture import control
from earwitness.capture.verbs import Command
from earwitness.desk.recorded import Recorded
from earwitness.errors import Conflict, NotFound


def tell(data_path: Path, recorded: Recorded, verb: str, data: dict[str, Any]) -> dict[str, Any]:
    """State of each leg that obeyed. Raises `Conflict` where none runs, and what `control.send` raises."""
    links = tuple(dict.fromkeys(link for leg in recorded.legs() for link in leg.links))
    legs = tuple(folder.name for folder in recorded.folders)
    command = Command(verb=verb, workspace=recorded.row.workspace_id, ids=legs, links=links, data=data)
    states = control.send(data_path, command)
    if not states:
        raise Conflict(f"conversation {recorded.id} is over", hint="This can be said of running calls only.")
    return {"conversation": recorded.id, "legs": list(states.values())}


def tell_by_name(
    data_path: Path, workspace: str, name: str, verb: str, data: dict[str, Any]
) -> dict[str, Any]:
    """As `tell`, of a call that is not in the catalog (yet), by its id or its application's name for it."""
    links = (f"conversation:{name}",)
    command = Command(verb=verb, workspace=workspace, ids=(name,), links=links, data=data)
    states = control.send(data_path, command)
    if not states:
        raise NotFound(f"no conversation {name} is here or runs", hint="See what there is: earwitness list.")
    return {"conversation": None, "legs": list(states.values())}
