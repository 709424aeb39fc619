"""All that the events of a conversation have told so far: the fold changes it, the view looks at it."""

from dataclasses import dataclass, field
from typing import Any

from earwitness.model.account import Description, Diary, Remarks, Tools
from earwitness.model.conversation import Digit
from earwitness.model.floor import Floor
from earwitness.model.legs import LegState
from earwitness.model.sound import Owner
from earwitness.model.wishes import Wishes


@dataclass(slots=True, eq=False)
class State:
    """One conversation as it is being told. Times in it are on the recorder's clock."""

    id: str
    legs: dict[str, LegState] = field(default_factory=dict)
    tools: Tools = field(default_factory=Tools)
    remarks: Remarks = field(default_factory=Remarks)
    wishes: Wishes = field(default_factory=Wishes)
    diary: Diary = field(default_factory=Diary)
    floor: Floor = field(default_factory=Floor)
    digits: list[Digit] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    description: Description = field(default_factory=Description)
    speaking: Owner | None = None  # the voice AI's message whose audio was sent last
