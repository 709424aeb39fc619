"""What is missing of a record, in words: the same in every face."""

from earwitness.model.conversation import WISHED, Conversation, GapSpan

_WISHES = {
    "paused": "the recording was paused",
    "no_consent": "consent was not given yet",
    "stopped": "the recording was stopped",
}
_WHY = {
    "overrun": "more came at once than could be held",
    "torn": "it broke off in the middle",
    "parse_error": "they could not be read",
    "disk_full": "the disk was full",
    "disk_error": "the disk failed",
    "damage": "the file is damaged",
}


def sentence(conversation: Conversation, gap: GapSpan) -> str:
    """What is missing and why, with the leg it is missing on where there are several."""
    began, reason = f"{gap.at_ns / 1e9:.3f} s", gap.reason
    of = {leg.id: leg.provider for leg in conversation.legs} if len(conversation.legs) > 1 else {}
    where = f" on the leg of {of[gap.leg]}" if of.get(gap.leg) else ""
    if reason == "crash":
        return f"the recorder died, or could write no more, at {began}: what followed{where} is not kept"
    length = "" if gap.until_ns is None else f" over {(gap.until_ns - gap.at_ns) / 1e9:.3f} s"
    if reason in WISHED:
        words = f"by wish nothing was kept from {began} on{length or ', until now'}: {_WISHES[reason]}"
        return f"{words} ({gap.detail})" if gap.detail else words
    many = (
        "an unknown number of records are" if gap.record_count is None else f"{gap.record_count} records are"
    )
    many = "1 record is" if gap.record_count == 1 else many
    return f"{many} missing{where} from {began} on{length}: {_WHY.get(reason, reason)}"
