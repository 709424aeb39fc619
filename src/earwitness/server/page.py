"""Pages made on the server: plain HTML, no script needed to read them."""

from html import escape
from typing import Any

from earwitness.model.conversation import Conversation, Message, Status
from earwitness.projections import health, transcript
from earwitness.projections.moments import clock_face, instant
from earwitness.projections.naming import call_id

SIDE_HEIGHT = 80  # of one side of the waveform, in its own units
SIDES = ("caller", "agent")
MIDDLES = (SIDE_HEIGHT // 2, SIDE_HEIGHT + SIDE_HEIGHT // 2)


def conversation_page(conversation: Conversation, peaks: dict[str, Any], *, audio: str, query: str) -> str:
    """One conversation: waveform, player, words, tools, health. `query` lets its sound be fetched."""
    source = escape(f"{audio}/stereo?format=wav&{query}")
    doubts = "".join(f"<li>{escape(reason.message)}</li>" for reason in health.reasons(conversation))
    calls = "".join(
        f"<tr><td>{clock_face(call.called_ns)}</td><td>{escape(call.name)}</td>"
        f"<td><code>{escape(call.arguments)}</code></td>"
        f"<td><code>{escape(call.result or '')}</code></td></tr>"
        for call in conversation.tool_calls
    )
    facts = " · ".join(
        escape(fact)
        for fact in (
            ", ".join(conversation.providers),
            (instant(conversation, 0) or "")[:19].replace("T", " ") + " UTC",
            clock_face(conversation.duration_ns)[:8],
            "running" if conversation.status is Status.ACTIVE else conversation.status.value,
            f"health {health.score(conversation)} of 100",
        )
    )
    return _page(
        f"Call {call_id(conversation)}",
        f"<h1>Call {escape(call_id(conversation))}</h1><p class=facts>{facts}</p>"
        f"{_wave(conversation, peaks)}"
        f'<audio id=sound controls preload=metadata src="{source}"></audio>'
        f"<p class=hint>Left: caller. Right: agent, as the caller heard it. Click a line to hear it.</p>"
        f"<ol class=transcript>{''.join(_line(m) for m in transcript.shown(conversation))}</ol>"
        + (f"<h2>Tool calls</h2><table>{calls}</table>" if calls else "")
        + (f"<h2>What to know before trusting this record</h2><ul>{doubts}</ul>" if doubts else ""),
    )


def _wave(conversation: Conversation, peaks: dict[str, Any]) -> str:
    """Both sides as one picture, caller above, agent below; interruptions as lines across."""
    (zoom,) = peaks["zooms"]
    seconds_per_point = zoom["frames_per_point"] / peaks["rate_hz"]
    width = max(len(zoom["low"][0]), 1)
    sides = "".join(
        f'<path class={side} d="{_outline(low, high, middle)}"/>'
        for side, low, high, middle in zip(SIDES, zoom["low"], zoom["high"], MIDDLES, strict=True)
    )
    marks = "".join(
        f'<path class=cut d="M{i.at_ns / 1e9 / seconds_per_point:.1f} 0V{2 * SIDE_HEIGHT}"/>'
        for i in conversation.interruptions
    )
    return (
        f'<svg id=wave viewBox="0 0 {width} {2 * SIDE_HEIGHT}" preserveAspectRatio=none role=img '
        f'aria-label="Waveform: caller above, agent below" data-seconds="{width * seconds_per_point:.3f}">'
        f'{sides}{marks}<path id=head d="M0 0V{2 * SIDE_HEIGHT}"/></svg>'
    )


def _outline(low: list[int], high: list[int], middle: int) -> str:
    scale = SIDE_HEIGHT / 2 / 128
    return "".join(
        f"M{x} {middle - top * scale:.1f}V{middle - bottom * scale + 0.5:.1f}"
        for x, (bottom, top) in enumerate(zip(low, high, strict=True))
    )


def _line(message: Message) -> str:
    who = transcript.SPEAKERS[message.party]
    heard = escape(transcript.spoken(message) if message.is_audible else message.text)
    rest = escape(transcript.unheard(message)) if message.is_audible else ""
    lost = f" <del title='generated, but never heard'>{rest}</del>" if rest else ""
    at_s = max(message.started_ns, 0) / 1e9
    return (
        f'<li class="{message.role.value}" data-at="{at_s:.3f}"><a href="#t={at_s:.3f}">'
        f"{clock_face(message.started_ns)[3:-2]}</a><b>{who}</b><span>{heard}{lost}</span></li>"
    )


def front_page() -> str:
    """What an address without a path answers: nothing about any call."""
    return _page(
        "Earwitness",
        "<h1>Earwitness is running</h1>"
        "<p><code>earwitness list</code> names the recorded calls. <code>earwitness show latest</code> "
        "prints an address that opens one of them here for ten minutes.</p>"
        "<p>Programs ask with a key, as <code>Authorization: Bearer &lt;key&gt;</code>: "
        "<code>/docs</code> says what there is, <code>earwitness keys create NAME</code> makes a key.</p>",
    )


def api_page(schema: dict[str, Any]) -> str:
    """The API at a glance, made from its OpenAPI document; nothing is fetched from elsewhere."""
    rows = "".join(
        f"<tr><td>{escape(method.upper())}</td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('summary', ''))}</td></tr>"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    return _page(
        "Earwitness API",
        f"<h1>Earwitness API</h1><p>Send <code>Authorization: Bearer &lt;key&gt;</code>. "
        f'The whole contract: <a href="/openapi.json">openapi.json</a>.</p><table>{rows}</table>',
    )


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><link rel=icon href=/static/icon.svg>"
        "<link rel=stylesheet href=/static/page.css>"
        f"<script src=/static/page.js defer></script></head><body><main>{body}</main></body></html>"
    )
