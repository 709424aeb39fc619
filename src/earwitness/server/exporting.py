"""`/api/v1/conversations/{id}/export` and `/api/v1/export`: recordings as other programs read them."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from earwitness.exports.formats import FORMATS, format_named
from earwitness.exports.recording import Options
from earwitness.projections.layouts import safe
from earwitness.server.chosen import Chosen
from earwitness.server.guard import Reader
from earwitness.store.finding import Sort

router = APIRouter(prefix="/api/v1", tags=["export"])

FormatName = Annotated[str, Query(max_length=40, description=", ".join(FORMATS))]
Channel = Annotated[
    Literal["caller", "agent"] | None, Query(description="of srt, vtt and text: one side alone")
]
WithSound = Annotated[bool, Query(alias="sound", description="of vcon: with the recording in it")]


@router.get("/conversations/{conversation_id}/export", summary="One conversation in another format")
def export_one(
    visitor: Reader,
    conversation_id: str,
    format: FormatName = "vcon",
    channel: Channel = None,
    sound: WithSound = True,
) -> Response:
    """As a file, written while it is sent."""
    recorded = visitor.library.conversation(conversation_id)
    form = format_named(format)
    body = form.of_one(recorded, Options(channel=channel, with_sound=sound))
    return _file(body, form.media_type, f"{safe(recorded.row.recording_id)}.{form.suffix}")


@router.get("/export", summary="Every conversation that fits, in another format, as one stream")
def export_many(
    visitor: Reader,
    chosen: Chosen,
    q: Annotated[
        str | None, Query(max_length=500, description="a search, as /api/v1/search takes it")
    ] = None,
    format: FormatName = "jsonl",
    channel: Channel = None,
    sound: WithSound = True,
    sort: Sort = Sort.NEWEST,
) -> Response:
    """`jsonl`, `otel` and the tables follow one another; of all other formats you get a ZIP archive with a
    file for each conversation, named by its id. A selection has no bound, and takes no memory."""
    form, options = format_named(format), Options(channel=channel, with_sound=sound)
    body = visitor.library.export(form, options, **chosen, q=q, sort=sort.value)
    return _file(body, form.media_type_of_many, f"earwitness.{form.suffix_of_many}")


def _file(body: Iterable[bytes], media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(iter(body), media_type=media_type, headers=headers)
