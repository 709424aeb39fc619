"""`/api/v1/search`: where something was said."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from earwitness.server.chosen import Chosen
from earwitness.server.guard import Reader
from earwitness.store.entries import Kind
from earwitness.store.searching import Order, SearchQuery

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", summary="Full text over messages, tool calls and labels")
def search(
    visitor: Reader,
    chosen: Chosen,
    q: Annotated[str, Query(max_length=500, description='words, "a phrase", begin*, this OR that, -not')],
    kind: Kind | None = None,
    role: Annotated[str | None, Query(description="user, assistant, system; tool")] = None,
    sort: Order = Order.NEWEST,
    limit: Annotated[int, Query(ge=1, le=200, description="how many at most")] = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of hits; `next_cursor` asks for the next one and is null on the last.

    A `snippet` is the text around the first place found, cut into parts; those with `is_match` are what was
    searched for.
    """
    page = visitor.library.results(
        SearchQuery(**chosen, q=q, kind=kind, role=role, sort=sort.value, limit=limit, cursor=cursor)
    )
    return {"hits": [hit.document() for hit in page.hits], "next_cursor": page.next_cursor}
