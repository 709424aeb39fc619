"""The names of OpenAI Realtime: what the beta called otherwise, what is passed over and why."""

from earwitness.model.events import Party

SOUNDS = {  # names that carry sound, GA and beta, and whose it is
    "input_audio_buffer.append": Party.CALLER,
    "response.output_audio.delta": Party.AGENT,
    "response.audio.delta": Party.AGENT,
}

ALIASES = {  # beta name -> GA name of the same event
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "conversation.item.created": "conversation.item.added",
}

_ASKED = "a wish; what came of it the server says in "
_WHOLE = "a piece or repetition; whole in "

_PASSED_OVER = {
    "session.update": _ASKED + "session.updated",
    "transcription_session.update": _ASKED + "transcription_session.updated",
    "transcription_session.updated": "settings of a transcription session: no voice that answers",
    "input_audio_buffer.commit": _ASKED + "input_audio_buffer.committed",
    "input_audio_buffer.clear": "the model is not to hear it; the caller said it all the same",
    "input_audio_buffer.cleared": "the model did not hear it; the caller said it all the same",
    "input_audio_buffer.timeout_triggered": "silence; the empty item that it commits comes by itself",
    "output_audio_buffer.clear": _ASKED + "output_audio_buffer.cleared",
    "conversation.item.retrieve": _ASKED + "conversation.item.retrieved",
    "conversation.item.delete": _ASKED + "conversation.item.deleted",
    "conversation.item.input_audio_transcription.segment": _WHOLE + "input_audio_transcription.completed",
    "response.create": _ASKED + "response.created",
    "response.cancel": _ASKED + "response.done",
    "response.content_part.added": "the part's type is told again by what fills it",
    "response.content_part.done": _WHOLE + "response.output_item.done",
    "response.output_audio.done": "end of generation, which is not the end of playback",
    "response.function_call_arguments.delta": _WHOLE + "response.function_call_arguments.done",
    "response.mcp_call_arguments.delta": _WHOLE + "response.mcp_call_arguments.done",
    "response.mcp_call.in_progress": "the item told that it began",
    "response.mcp_call.completed": "the result comes with the item's end",
    "mcp_list_tools.in_progress": "which tools a server offers is no part of the conversation",
    "mcp_list_tools.completed": "which tools a server offers is no part of the conversation",
    "rate_limits.updated": "the account's limits are no part of the conversation",
}

PASSED_OVER = {
    **_PASSED_OVER,
    **{beta: _PASSED_OVER[ga] for beta, ga in ALIASES.items() if ga in _PASSED_OVER},
}

ITEMS_PASSED_OVER = {  # types of items that hold a place in the chain but say nothing
    "mcp_list_tools": "which tools a server offers is no part of the conversation",
    "mcp_approval_request": "the call itself follows, if it is approved",
    "mcp_approval_response": "the call itself follows, if it is approved",
    "item_reference": "points at an item that is known",
}

PARTS_PASSED_OVER = {  # content of a message that gives no event
    "input_audio": "sound put in by the application was never spoken on this call; its transcript is taken",
    "input_image": "no picture is kept in the model; the record has it",
}

FATAL = frozenset({"beta_api_shape_disabled", "session_expired", "invalid_api_key", "model_not_found"})

FORMATS = {  # GA media types and beta names; rate None: as stated, 24 kHz where nothing is stated
    "audio/pcm": ("pcm_s16le", None),
    "audio/pcmu": ("mulaw", 8000),
    "audio/pcma": ("alaw", 8000),
    "pcm16": ("pcm_s16le", None),
    "g711_ulaw": ("mulaw", 8000),
    "g711_alaw": ("alaw", 8000),
}
DEFAULT_FORMAT = ("pcm_s16le", 24000)
