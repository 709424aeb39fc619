import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Message, Redaction } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { clock, laidOut, wait } from "../format.ts";
import { words } from "../words.ts";
import { usePlayer, type Player } from "./player.ts";
import { masksOf, pieces } from "./masks.ts";
import { aroundWord, currentIndex, currentWord, heardWords, strongest, type Moment } from "./story.ts";
import { Unheard } from "./unheard.tsx";

const t = words.conversation;

interface Props {
  moments: Moment[];
  redactions: readonly Redaction[];
  player: Player;
  isLive: boolean;
}

export function Transcript({ moments, redactions, player, isLive }: Props) {
  const [find, setFind] = useState("");
  const shown = useMemo(() => filtered(moments, find), [moments, find]);
  const masks = useMemo(() => masksOf(moments, redactions), [moments, redactions]);
  const scroller = useRef<HTMLDivElement>(null);
  const current = usePlayer(player, (state) => currentIndex(shown, state.seconds * 1000));
  const isPlaying = usePlayer(player, (state) => state.isPlaying);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 58,
    overscan: 12,
    getItemKey: (i) => shown[i]?.key ?? i,
  });

  useEffect(() => {
    if (isPlaying && current >= 0) virtual.scrollToIndex(current, { align: "auto" });
  }, [current, isPlaying, virtual]);
  const last = shown.length - 1;
  useEffect(() => {
    if (isLive && last >= 0) virtual.scrollToIndex(last, { align: "end" });
  }, [isLive, last, virtual]);

  return (
    <section className="transcript" aria-label={t.transcript}>
      <header className="pane-head">
        <h2>{t.transcript}</h2>
        <label className="find">
          <Icon name="search" size={14} />
          <span className="sr">{t.search}</span>
          <input
            type="search"
            id="find-in-transcript"
            value={find}
            placeholder={t.search}
            onChange={(event) => setFind(event.target.value)}
          />
        </label>
      </header>
      {moments.length === 0 && <p className="empty">{t.noWords}</p>}
      <div className="pane-scroll" ref={scroller} tabIndex={0} role="region" aria-label={t.transcript}>
        <ol className="moments" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const moment = shown[item.index];
            if (!moment) return null;
            return (
              <li
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-setsize={shown.length}
                aria-posinset={item.index + 1}
              >
                <Entry
                  moment={moment}
                  find={find}
                  masks={masks.get(moment.key)}
                  player={item.index === current ? player : null}
                  seek={() => player.seek(Math.max(0, moment.atMs) / 1000, { play: true })}
                />
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

function filtered(moments: Moment[], find: string): Moment[] {
  const wanted = find.trim().toLowerCase();
  if (!wanted) return moments;
  return moments.filter((moment) => textOf(moment).toLowerCase().includes(wanted));
}

function textOf(moment: Moment): string {
  if (moment.kind === "message") return `${moment.message.text} ${moment.message.heard_text}`;
  if (moment.kind === "tool") return `${moment.call.name} ${moment.call.arguments} ${moment.call.result ?? ""}`;
  return moment.kind;
}

interface EntryProps {
  moment: Moment;
  find: string;
  masks: readonly string[] | undefined;
  player: Player | null; // of the entry that is played now
  seek: () => void;
}

function Entry({ moment, find, masks, player, seek }: EntryProps) {
  switch (moment.kind) {
    case "message":
      return <Said message={moment.message} find={find} masks={masks} player={player} seek={seek} />;
    case "tool":
      return <ToolCard moment={moment} seek={seek} />;
    case "interruption":
      return (
        <Note kind="interruption" icon="cut" at={moment.atMs} seek={seek}>
          {moment.interruption.by === "caller" ? t.interruptedByCaller : t.interruptedByAgent}
          {moment.interruption.did_cut && <em>{t.wasCut}</em>}
        </Note>
      );
    case "gap":
      return (
        <Note kind="gap" icon="gap" at={moment.atMs} seek={seek}>
          {t.gap} <em>{moment.gap.reason}</em>
          {moment.gap.until_ms !== null && <em>{wait(moment.gap.until_ms - moment.gap.at_ms)}</em>}
          {moment.gap.detail && <em>{moment.gap.detail}</em>}
        </Note>
      );
    case "digit":
      return (
        <Note kind="digit" icon="digit" at={moment.atMs} seek={seek}>
          {t.pressed} <kbd>{moment.digit}</kbd>
        </Note>
      );
    case "snapshot":
      return (
        <Note kind="snapshot" icon="flag" at={moment.atMs} seek={seek}>
          {t.snapshot} <em>{moment.snapshot.label}</em>
        </Note>
      );
  }
}

function Time({ at, seek }: { at: number; seek: () => void }) {
  const face = clock(Math.max(0, at) / 1000, 1);
  return (
    <button type="button" className="at" onClick={seek} aria-label={`${t.jump} ${face}`}>
      {face}
    </button>
  );
}

type SaidProps = Omit<EntryProps, "moment"> & { message: Message };

function Said({ message, find, masks, player, seek }: SaidProps) {
  const { heard, unheard } = heardWords(message);
  const party = message.party ?? "system";
  const best = strongest(message);
  return (
    <article className={`said ${party} ${player ? "now" : ""}`} aria-current={player ? true : undefined} onClick={seek}>
      <Time at={message.started_ms} seek={seek} />
      <div className="said-body">
        <p className="said-who">
          <b>{words.parties[party]}</b>
          {message.status === "open" && <span className="typing" aria-hidden="true" />}
          {message.status === "interrupted" && <span className="tag bad">{t.interrupted}</span>}
          {message.is_inserted && <span className="tag">{t.inserted}</span>}
          {!message.is_inserted && !message.is_audible && <span className="tag">{t.typed}</span>}
          {message.phase && <span className="tag">{message.phase}</span>}
          {best && (
            <span className={`tag tone ${message.sentiment ?? ""}`}>
              {best.name} {best.score.toFixed(2)}
            </span>
          )}
          {!best && message.sentiment && <span className={`tag tone ${message.sentiment}`}>{message.sentiment}</span>}
        </p>
        <p className="said-words" dir="auto">
          {heard && player && message.word_starts_ms && <Spoken message={message} text={heard} find={find} masks={masks} player={player} />}
          {heard && !(player && message.word_starts_ms) && <Found text={heard} find={find} masks={masks} />}
          {unheard && (
            <>
              {heard && " "}
              <Unheard message={message}>
                <Found text={unheard} find={find} masks={masks} />
              </Unheard>
            </>
          )}
        </p>
      </div>
    </article>
  );
}

interface FoundProps {
  text: string;
  find: string;
  masks?: readonly string[] | undefined;
}

/** The heard words, the one that is spoken at this moment lit. */
function Spoken({ message, text, find, masks, player }: { message: Message; player: Player } & FoundProps) {
  const place = usePlayer(player, (state) => currentWord(message, state.seconds * 1000));
  const [before, word, after] = aroundWord(text, place);
  return (
    <>
      <Found text={before} find={find} masks={masks} />
      {word && (
        <span className="spoken">
          <Found text={word} find={find} />
        </span>
      )}
      <Found text={after} find={find} masks={masks} />
    </>
  );
}

/** The text with what was looked for marked in it, and the masks of what was taken out. */
function Found({ text, find, masks = [] }: FoundProps) {
  return pieces(text, find.trim(), masks).map(({ words: piece, kind }, i) => {
    if (kind === "found") return <mark key={i}>{piece}</mark>;
    if (kind === "mask") return <span key={i} className="mask" title={t.mask}>{piece}</span>;
    return piece;
  });
}

function ToolCard({ moment, seek }: { moment: Extract<Moment, { kind: "tool" }>; seek: () => void }) {
  const { call } = moment;
  return (
    <div className={`tool-card ${call.error ? "bad" : ""}`}>
      <Time at={call.called_ms} seek={seek} />
      <details>
        <summary>
          <Icon name="tool" size={14} />
          <b>{call.name}</b>
          <code>{call.arguments}</code>
          {call.latency_ms !== null && <span className="tag">{wait(call.latency_ms)}</span>}
          {call.error && <span className="tag bad">{t.failedResult}</span>}
        </summary>
        <dl>
          <dt>{t.arguments}</dt>
          <dd>
            <pre>{laidOut(call.arguments)}</pre>
          </dd>
          <dt>{call.error ? t.failedResult : t.result}</dt>
          <dd>
            <pre>{laidOut(call.error ?? call.result ?? t.noResult)}</pre>
          </dd>
        </dl>
      </details>
    </div>
  );
}

interface NoteProps {
  kind: string;
  icon: "cut" | "gap" | "digit" | "flag";
  at: number;
  seek: () => void;
  children: ReactNode;
}

function Note({ kind, icon, at, seek, children }: NoteProps) {
  return (
    <div className={`note ${kind}`}>
      <Time at={at} seek={seek} />
      <span>
        <Icon name={icon} size={14} />
        {children}
      </span>
    </div>
  );
}
