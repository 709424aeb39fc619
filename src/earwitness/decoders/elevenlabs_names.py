"""The names of ElevenLabs Agents: what is passed over and why, formats, and other sockets."""

_DRAFT = "a draft; what is said comes in "
_GUESS = "a measure of the moment, which the words that follow make good"
_OUTSIDE = "what the platform does beside the conversation; no words, no work"

PASSED_OVER = {
    "ping": "keeps the connection up",
    "pong": "keeps the connection up",
    "vad_score": _GUESS,
    "internal_vad_score": _GUESS,
    "internal_turn_probability": _GUESS,
    "internal_tentative_agent_response": _DRAFT + "agent_response",
    "agent_reasoning_response_part": "thought, never spoken",
    "agent_response_metadata": _OUTSIDE,
    "agent_typing": "a sign on the screen that words will follow",
    "asr_initiation_metadata": "settings of the recognition",
    "context_usage": "how full the model's memory is, not what was used up",
    "dtmf_request": "a wish to the application, of a shape that no specification gives",
    "enclave_setup_config": "settings of an installation on the customer's own machines",
    "external_agent_connected": _OUTSIDE,
    "external_agent_disconnected": _OUTSIDE,
    "feedback": "an opinion about an answer, given by hand; the model has no place for it",
    "mcp_connection_status": "which tools a server offers is no part of the conversation",
    "mcp_tool_approval_result": "what came of it the server says in mcp_tool_call",
    "rich_content": "something to look at; the record has it",
    "user_activity": "a sign of life that keeps the agent from speaking",
}

WIDTHS = {"pcm": ("pcm_s16le", 2), "ulaw": ("mulaw", 1), "alaw": ("alaw", 1)}  # bytes a sample, mono
DEFAULT_FORMAT = "pcm_16000"

ENGINE_HEADER = "x-elevenlabs-speech-engine-authorization"
OTHER_SOCKETS = {  # by what their path holds
    "/speech-engine": "ElevenLabs Speech Engine",
    "/text-to-speech/": "ElevenLabs text to speech",
    "/speech-to-text": "ElevenLabs speech to text",
    "/monitor": "the ElevenLabs monitor",
}
