import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { addressed, ApiError, get, seeRaw } from "../api/client.ts";
import { useLive, type LiveCall } from "../api/live.ts";
import { useRight, useSession } from "../api/session.ts";
import type { Conversation, Waveform } from "../api/types.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { RedactionTag, StatusTag } from "../components/status.tsx";
import { Acts } from "../conversation/acts.tsx";
import { Controls, usePlayerKeys } from "../conversation/controls.tsx";
import { Emotions } from "../conversation/emotions.tsx";
import { grownWaveform } from "../conversation/growing.ts";
import { Inspector } from "../conversation/inspector.tsx";
import { useKnown } from "../conversation/known.ts";
import { Overview } from "../conversation/overview.tsx";
import { LegList } from "../conversation/legs.tsx";
import { People, useAnnotations } from "../conversation/people.tsx";
import { Player } from "../conversation/player.ts";
import { quietSpans, type Span } from "../conversation/silence.ts";
import { FileList, SnapshotList, Tabs, ToolList, type Tab } from "../conversation/side.tsx";
import { story } from "../conversation/story.ts";
import { Timeline } from "../conversation/timeline.tsx";
import { Trail } from "../conversation/trail.tsx";
import { Transcript } from "../conversation/transcript.tsx";
import { secondsOf } from "../conversation/wave.ts";
import { fullMoment, length } from "../format.ts";
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
  const [reason, setReason] = useState(""); // why it is shown with what redaction takes out; "": it is not
  const [opened, setOpened] = useState<{ conversation: Conversation; reason: string; round: number } | null>(null);
  const round = useRef(0); // what was made anew is shown anew
  const [tab, setTab] = useState("overview");
  const [error, setError] = useState<ApiError | null>(null);
  const load = useCallback(() => {
    setError(null);
    seeRaw(id, reason);
    get<Conversation>(`/api/v1/conversations/${id}`).then((conversation) => {
      round.current += 1;
      setOpened({ conversation, reason, round: round.current });
    }, setError);
  }, [id, reason]);
  useEffect(load, [load]);
  useEffect(() => () => seeRaw(id, ""), [id]);
  if (error) return <Failure error={error} again={load} />;
  if (!opened) return <p className="loading" role="status">{words.loading}</p>;
  const { conversation } = opened;
  return (
    <Opened
      key={`${conversation.id} ${opened.round}`}
      opened={conversation}
      again={load}
      isRaw={opened.reason !== ""}
      onRaw={setReason}
      tab={tab}
      setTab={setTab}
    />
  );
}

interface OpenedProps {
  opened: Conversation;
  again: () => void;
  isRaw: boolean;
  onRaw: (reason: string) => void;
  tab: string;
  setTab: (tab: string) => void;
}

function Opened({ opened, again, isRaw, onRaw, tab, setTab }: OpenedProps) {
  const { id } = opened;
  const isRunning = opened.status === "active";
  const { calls } = useLive(isRunning ? `/api/v1/conversations/${id}/live` : null);
  const live = calls.get(id);
  const [labels, setLabels] = useState(opened.labels);
  const conversation = useMemo(() => ({ ...(live ? grown(opened, live) : opened), labels }), [labels, live, opened]);
  useEffect(() => {
    if (live?.isOver) again();
  }, [again, live?.isOver]);
  const player = useMemo(() => {
    const sound = (format: string) => addressed(`/api/v1/conversations/${id}/audio/stereo?format=${format}`);
    return new Player(isRunning || isRaw ? [sound("wav")] : [sound("flac"), sound("wav")]); // flac lies ready
  }, [id, isRaw, isRunning]);
  const { waveform: drawn, ask } = useWaveform(id);
  const loudness = live?.loudness;
  const waveform = useMemo(() => (loudness?.caller.length ? grownWaveform(drawn, loudness) : drawn), [drawn, loudness]);
  const known = useKnown(id, !isRunning);
  const maySeeTrail = useRight("audit");
  const isGuest = useSession() === null;
  const annotations = useAnnotations(id, !isGuest);
  const [chosen, setChosen] = useState<Span | null>(null);
  const [openCall, setOpenCall] = useState<string | null>(null);
  const moments = useMemo(() => story(conversation), [conversation]);
  const seek = useCallback((seconds: number) => player.seek(seconds, { play: true }), [player]);

  useEffect(() => () => player.close(), [player]);
  useEffect(() => {
    document.title = `${conversation.call_id} · ${words.product}`;
  }, [conversation.call_id]);
  useEffect(() => {
    if (waveform) player.setQuiet(quietSpans(waveform));
  }, [player, waveform]);
  const blank = useMemo(() => silence(opened.duration_seconds), [opened.duration_seconds]);
  usePlayerKeys(player, !isGuest, setChosen);

  const tabs: Tab[] = [
    { id: "overview", label: t.overview, body: <Overview conversation={conversation} known={known} seek={seek} /> },
    {
      id: "tools",
      label: t.tools,
      count: conversation.tool_calls.length,
      body: <ToolList conversation={conversation} open={openCall} seek={seek} />,
    },
    ...(conversation.messages.some((message) => Object.keys(message.emotions).length > 0)
      ? [{ id: "emotions", label: t.emotions, body: <Emotions messages={conversation.messages} seek={seek} /> }]
      : []),
    {
      id: "snapshots",
      label: t.snapshots,
      count: conversation.snapshots.filter((each) => each.label !== "history_updated").length,
      body: <SnapshotList conversation={conversation} seek={seek} />,
    },
    ...(isGuest
      ? []
      : [
          { id: "events", label: t.events, body: <Inspector id={id} legs={conversation.legs} isRaw={isRaw} seek={seek} /> },
          {
            id: "people",
            label: words.people.title,
            count: annotations.said.length,
            body: (
              <People
                id={id}
                labels={labels}
                onLabels={setLabels}
                annotations={annotations}
                chosen={chosen}
                onChoose={setChosen}
                player={player}
                seek={seek}
              />
            ),
          },
        ]),
    { id: "legs", label: t.legs, count: conversation.legs.length, body: <LegList conversation={conversation} again={again} /> },
    { id: "files", label: t.files, body: <FileList id={id} /> },
    ...(maySeeTrail ? [{ id: "trail", label: words.trail.title, body: <Trail id={id} /> }] : []),
  ];

  return (
    <main className="conversation" id="content">
      <Head conversation={conversation} chosen={chosen} isRaw={isRaw} onRaw={onRaw} again={again} />
      <Controls player={player} seconds={waveform ? secondsOf(waveform) : conversation.duration_seconds} />
      <Timeline
        conversation={conversation}
        figures={known.figures}
        annotations={annotations.said}
        chosen={chosen}
        waveform={waveform ?? blank}
        isLoading={!waveform}
        player={player}
        onFiner={ask}
        onOpen={(block) => {
          if (block.lane !== "tools") return;
          setOpenCall(block.key ?? null);
          setTab("tools");
        }}
      />
      <div className="panes">
        <Transcript moments={moments} redactions={conversation.redactions} player={player} isLive={conversation.status === "active"} />
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
    gaps: live.gaps,
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

interface HeadProps {
  conversation: Conversation;
  chosen: Span | null;
  again: () => void;
  isRaw: boolean;
  onRaw: (reason: string) => void;
}

function Head({ conversation: c, chosen, isRaw, onRaw, again }: HeadProps) {
  const session = useSession();
  return (
    <header className={`head ${c.status === "active" ? "running" : ""}`}>
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
      <h1 title={c.call_id}>{c.call_id}</h1>
      <StatusTag status={c.status} />
      <RedactionTag redaction={c.redaction} isAbridged={c.is_abridged} />
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
      {session && <Acts conversation={c} chosen={chosen} isRaw={isRaw} onRaw={onRaw} again={again} />}
    </header>
  );
}
