"""Names of fields in the providers' JSON, by what stands under them: what a choice can be made by."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Text that says what a message is about, never what was said.
PLAIN = _words(
    """
    type event role status status_details reason name object format encoding track model voice phase
    state code turn output_modalities modalities created_at time timestamp user_audio_format
    sequenceNumber agent_output_audio_format user_input_audio_format mediaFormat source slug lang
    direction
    """
)

# Below these the application has names of its own.
OWN = _words(
    """
    parameters customParameters activityParams variables dynamic_variables metadata usage scores cost
    arguments result output channels
    """
)

# Fields that some decoder reads.
READ = OWN | _words(
    """
    activities agent agent_output_audio_format agent_response agent_response_correction_event
    agent_response_event agent_response_metadata_event agent_tool_request agent_tool_response
    agent_tool_response_full_payload alignment altText alternatives analysis audio audioChunk
    audio_base_64 audio_end_ms audio_event audio_start_ms bargeIn begin body botName call callee caller
    char_durations_ms char_start_times_ms chars chunk client_error client_tool_call code confidence
    config content content_index conversation conversation_config_override
    conversation_initiation_client_data conversation_initiation_metadata_event corrected_agent_response
    custom data delta description digit digits direction dtmf dtmfDigits durationUntilInterruptMs
    emotion_features encoding end end_reason error error_event error_message error_type event event_name
    expires_at format formats from from_text full_tool_result handoffData input input_audio
    input_audio_format input_audio_transcription interim interrupted interruption_event is_blocked
    is_error is_quick_response item items language last logprob logprobs lpcm16 mark markName
    mcp_connection_status mcp_tool_call media mediaFormat message modalities model models name object
    original_agent_response output_audio output_audio_format output_modalities participant
    participantType payload phase playUrlAltText prosody rate rate_limits reason reasonCode reason_code
    response role sampleRate sample_rate sequenceNumber session session_settings slug start state status
    status_details stop tentative_agent_response_internal_event tentative_user_transcript
    tentative_user_transcription_event termination_reason text text_only text_response_part time
    time_in_call_secs timestamp to token tool_calls tool_name tool_results track transcript
    transcription transferTarget turn turn_detection type user_audio_chunk user_audio_format
    user_input_audio_format user_transcript user_transcription_event utteranceUntilInterrupt vad_score
    vad_score_event value voice voicePrompt
    """
)
