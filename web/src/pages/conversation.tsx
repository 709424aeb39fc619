import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { addressed, ApiError, get } from "../api/client.ts";
import { useLive, type LiveCall } from "../api/live.ts";
import { useRight, useSession } from "../api/session.ts";
import type { Conversation, Health, Waveform } from "../api/types.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { StatusTag } from "../components/status.tsx";
import { Acts } from "../conversation/acts.tsx";
import { grownWaveform } from "../conversation/growing.ts";
import { Inspector } from "../conversation/inspector.tsx";
import { People, Trail } from "../conversation/people.tsx";
import { Player, usePlayer } from "../conversation/player.ts";
import { quietSpans } from "../conversation/silence.ts";
import { FileList, LegList, Overview, SnapshotList, Tabs, ToolList, type Tab } from "../conversation/side.tsx";
import { story } from "../conversation/story.ts";
import { Timeline } from "../conversation/timeline.tsx";
import { Transcript } from "../conversation/transcript.tsx";
import { secondsOf } from "../conversation/wave.ts";
import { clock, fullMoment, length } from "../format.ts";
import { isTyping } from "../keys.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";

const t = words.conversation;
const OVERVIEW_POINTS = 4000; // a screen is hardly wider
const ALL_POINTS = 100_000;

/** Silence of the call's length: until its peaks are here, a click on it already leads to the right place. */
function silence(seconds: number): Waveform {
  return { rate_hz: 1000, frames: Math.round(seconds * 1000), zooms: [{ frames_per_point: 1000, low: [[0], [0]], high: [[0], [0]] }] };
}

export function ConversationPage({ id }: { id: string }) {
  const [conversation, setConversation] = useState<Conversation | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const load = useCallback(() => {
    setError(null);
    get<Conversation>(`/api/v1/conversations/${id}`).then(setConversation, setError);
  }, [id]);
  useEffect(load, [load]);
  if (error) return <Failure error={error} again={load} />;
  if (!conversation) return <p className="loading" role="status">{words.loading}</p>;
  return <Opened key={`${conversation.id} ${conversation.status}`} opened={conversation} again={load} />;
}

function Opened({ opened, again }: { opened: Conversation; again: () => void }) {
  const { id } = opened;
  const isRunning = opened.status === "active";
  const { calls } = useLive(isRunning ? `/api/v1/conversations/${id}/live` : null);
  const live = calls.get(id);
  const [labels, setLabels] = useState(opened.labels);
  const conversation = useMemo(() => ({ ...(live ? grown(opened, live) : opened), labels }), [labels, live, opened]);
  useEffect(() => {
    if (live?.isOver) again();
  }, [again, live?.isOver]);
  const player = useMemo(() => new Player(addressed(`/api/v1/conversations/${id}/audio/stereo?format=wav`)), [id]);
  const { waveform: drawn, ask } = useWaveform(id);
  const loudness = live?.loudness;
  const waveform = useMemo(() => (loudness?.caller.length ? grownWaveform(drawn, loudness) : drawn), [drawn, loudness]);
  const [health, setHealth] = useState<Health | null>(null);
  const [tab, setTab] = useState("overview");
  const maySeeTrail = useRight("audit");
  const isGuest = useSession() === null;
  const [openCall, setOpenCall] = useState<string | null>(null);
  const moments = useMemo(() => story(conversation), [conversation]);
  const seek = useCallback((seconds: number) => player.seek(seconds, { play: true }), [player]);

  useEffect(() => () => player.close(), [player]);
  useEffect(() => {
    document.title = `${conversation.call_id} · ${words.product}`;
  }, [conversation.call_id]);
  useEffect(() => {
    get<Health>(`/api/v1/conversations/${id}/health`).then(setHealth, () => undefined);
  }, [id]);
  useEffect(() => {
    if (waveform) player.setQuiet(quietSpans(waveform));
  }, [player, waveform]);
  const blank = useMemo(() => silence(opened.duration_seconds), [opened.duration_seconds]);
  usePlayerKeys(player, useSession() !== null);

  const tabs: Tab[] = [
    { id: "overview", label: t.overview, body: <Overview conversation={conversation} health={health} seek={seek} /> },
    {
      id: "tools",
      label: t.tools,
      count: conversation.tool_calls.length,
      body: <ToolList conversation={conversation} open={openCall} seek={seek} />,
    },
    {
      id: "snapshots",
      label: t.snapshots,
      count: conversation.snapshots.filter((each) => each.label !== "history_updated").length,
      body: <SnapshotList conversation={conversation} seek={seek} />,
    },
    ...(isGuest
      ? []
      : [
          { id: "events", label: t.events, body: <Inspector id={id} legs={conversation.legs} seek={seek} /> },
          {
            id: "people",
            label: words.people.title,
            body: <People id={id} labels={labels} onLabels={setLabels} player={player} seek={seek} />,
          },
        ]),
    { id: "legs", label: t.legs, count: conversation.legs.length, body: <LegList conversation={conversation} /> },
    { id: "files", label: t.files, body: <FileList id={id} /> },
    ...(maySeeTrail ? [{ id: "trail", label: words.trail.title, body: <Trail id={id} /> }] : []),
  ];

  return (
    <main className="conversation" id="content">
      <Head conversation={conversation} />
      <Controls player={player} seconds={waveform ? secondsOf(waveform) : conversation.duration_seconds} />
      <Timeline
        conversation={conversation}
        waveform={waveform ?? blank}
        player={player}
        onFiner={ask}
        onOpen={(block) => {
          if (block.lane !== "tools") return;
          setOpenCall(block.key ?? null);
          setTab("tools");
        }}
      />
      <div className="panes">
        <Transcript moments={moments} player={player} isLive={conversation.status === "active"} />
        <Tabs tabs={tabs} active={tab} onChoose={setTab} />
      </div>
    </main>
  );
}

/** The call as the page found it, gone on by what the stream has told since. */
function grown(opened: Conversation, live: LiveCall): Conversation {
  const { row } = live;
  return {
    ...opened,
    status: row.status,
    call_id: row.call_id,
    providers: row.providers,
    subject: row.subject,
    outcome: row.outcome,
    duration_seconds: row.duration_ms / 1000,
    counts: { ...opened.counts, messages: row.message_count },
    messages: live.messages,
    tool_calls: live.tools,
    interruptions: live.interruptions,
  };
}

/** Peaks for the whole call at once; finer ones as soon as somebody looks closer than these show. */
function useWaveform(id: string) {
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  const points = useRef(OVERVIEW_POINTS);
  useEffect(() => {
    get<Waveform>(`/api/v1/conversations/${id}/waveform?points=${points.current}`).then(setWaveform, () => undefined);
  }, [id]);
  const ask = useCallback(
    (pxPerSec: number) => {
      const zoom = waveform?.zooms[0];
      if (!zoom || !waveform || points.current >= ALL_POINTS) return;
      if (pxPerSec <= (waveform.rate_hz / zoom.frames_per_point) * 1.2) return;
      points.current = ALL_POINTS;
      get<Waveform>(`/api/v1/conversations/${id}/waveform?points=${ALL_POINTS}`).then(setWaveform, () => undefined);
    },
    [id, waveform],
  );
  return { waveform, ask };
}

function Head({ conversation: c }: { conversation: Conversation }) {
  const session = useSession();
  return (
    <header className="head">
      {session && (
        <a
          className="icon-button"
          href="/conversations"
          aria-label={t.back}
          title={`${t.back} (Esc)`}
          onClick={(event) => {
            event.preventDefault();
            if (history.length > 1) history.back();
            else go("/conversations");
          }}
        >
          <Icon name="back" />
        </a>
      )}
      <h1>{c.call_id}</h1>
      <StatusTag status={c.status} />
      <span className="head-facts">
        <span>{c.providers.join(" + ")}</span>
        <span>{fullMoment(c.began_at)}</span>
        <span>{length(c.duration_seconds * 1000)}</span>
        {c.subject && <span>{c.subject}</span>}
        {c.outcome && <span>{c.outcome}</span>}
      </span>
      <span className="labels">
        {c.labels.map((label) => (
          <span key={label} className="label">
            {label}
          </span>
        ))}
      </span>
      <span className="spacer" />
      {session && <Acts conversation={c} />}
    </header>
  );
}

const RATES = [0.5, 1, 1.25, 1.5, 2, 3];

function Controls({ player, seconds }: { player: Player; seconds: number }) {
  const isPlaying = usePlayer(player, (state) => state.isPlaying);
  const tenths = usePlayer(player, (state) => Math.floor(state.seconds * 10));
  const rate = usePlayer(player, (state) => state.rate);
  const skips = usePlayer(player, (state) => state.skipsSilence);
  const failed = usePlayer(player, (state) => state.error);
  return (
    <div className="controls" role="group" aria-label={t.player}>
      <button type="button" className="play" onClick={() => player.toggle()} aria-label={isPlaying ? t.pause : t.play}>
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <span className="timecode" aria-label={t.position}>
        <b>{clock(tenths / 10)}</b> / {clock(seconds)}
      </span>
      <input
        type="range"
        className="seek"
        min={0}
        max={Math.max(seconds, 0.1)}
        step={0.1}
        value={Math.min(tenths / 10, seconds)}
        aria-label={t.position}
        aria-valuetext={clock(tenths / 10)}
        onChange={(event) => player.seek(Number(event.target.value))}
      />
      <label className="rate">
        <span className="sr">{t.speed}</span>
        <select value={rate} onChange={(event) => player.setRate(Number(event.target.value))}>
          {RATES.map((each) => (
            <option key={each} value={each}>
              {each}×
            </option>
          ))}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={skips} onChange={(event) => player.skipSilence(event.target.checked)} />
        {t.skipSilence}
      </label>
      {failed && <span className="tag bad">{t.noSound}</span>}
    </div>
  );
}

function usePlayerKeys(player: Player, hasList: boolean) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const onControl = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [role=tab]");
      const step = event.shiftKey ? 1 : 5;
      if (event.key === " " && !onControl) player.toggle();
      else if (event.key === "ArrowLeft") player.seek(player.get().seconds - step);
      else if (event.key === "ArrowRight") player.seek(player.get().seconds + step);
      else if (event.key === "/") document.getElementById("find-in-transcript")?.focus();
      else if (event.key === "Escape" && hasList) go("/conversations");
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [hasList, player]);
}
