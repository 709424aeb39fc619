import { useEffect, useRef, useState } from "react";
import { useLive, type LiveCall } from "../api/live.ts";
import { useRight, useSession } from "../api/session.ts";
import { Icon } from "../components/icon.tsx";
import { Link } from "../components/link.tsx";
import { StatusTag } from "../components/status.tsx";
import { Listening } from "../conversation/listening.ts";
import { heardWords } from "../conversation/story.ts";
import { Unheard } from "../conversation/unheard.tsx";
import { length } from "../format.ts";
import { words } from "../words.ts";

const t = words.live;
const LINES = 6;

export function LivePage() {
  const { calls, stream } = useLive("/api/v1/live");
  const running = [...calls.values()].sort((a, b) => b.row.started_at.localeCompare(a.row.started_at));
  const count = running.filter((call) => !call.isOver).length;
  useEffect(() => {
    document.title = `${count ? `(${count}) ` : ""}${t.title} · ${words.product}`;
  }, [count]);
  return (
    <main className="live" id="content">
      <header className="live-head">
        <h1>{t.title}</h1>
        <p role="status" className="quiet">
          {stream && !stream.isConnected ? t.lost : t.running(count)}
        </p>
      </header>
      {running.length === 0 && (
        <div className="nobody">
          <Icon name="live" size={28} />
          <p>{t.none}</p>
          <p className="quiet">{t.noneHint}</p>
        </div>
      )}
      <ul className="calls">
        {running.map((call) => (
          <li key={call.row.id}>
            <Card call={call} />
          </li>
        ))}
      </ul>
    </main>
  );
}

function Card({ call }: { call: LiveCall }) {
  const { row } = call;
  const mayListen = useRight("read-raw");
  const hasSound = useSession()?.has_live_sound ?? true;
  const said = call.messages.filter((message) => message.text);
  return (
    <article className={`call ${call.isOver ? "over" : ""}`}>
      <header>
        <Link to={`/conversations/${row.id}`}>{row.subject || row.call_id}</Link>
        <span className="quiet">{row.providers.join(" + ")}</span>
        <span className="spacer" />
        <span className="quiet tabular">{length(row.duration_ms)}</span>
        <StatusTag status={row.status} />
      </header>
      {hasSound && <Meter name={words.parties.caller} side="caller" points={call.loudness.caller} />}
      {hasSound && <Meter name={words.parties.agent} side="agent" points={call.loudness.agent} />}
      <ol className="rolling">
        {said.slice(-LINES).map((message) => {
          const { heard, unheard } = heardWords(message);
          return (
            <li key={message.key} className={message.party ?? "system"}>
              <b>{words.parties[message.party ?? "system"]}</b>
              <span dir="auto">
                {heard} {unheard && <Unheard message={message}>{unheard}</Unheard>}
                {message.status === "open" && <span className="typing" aria-hidden="true" />}
              </span>
            </li>
          );
        })}
      </ol>
      <footer>
        {call.tools.length > 0 && (
          <span className="tag">
            <Icon name="tool" size={12} /> {call.tools.length}
          </span>
        )}
        {call.interruptions.length > 0 && (
          <span className="tag bad">
            <Icon name="cut" size={12} /> {call.interruptions.length}
          </span>
        )}
        <span className="spacer" />
        {mayListen && !call.isOver && <ListenButton id={row.id} />}
      </footer>
    </article>
  );
}

/** The last seconds of one side, newest at the right, drawn from its peaks. */
export function Meter({ name, side, points }: { name: string; side: "caller" | "agent"; points: readonly number[] }) {
  const shown = points.slice(-120);
  const level = Math.round(((shown.at(-1) ?? 0) / 127) * 100);
  const bars = shown.map((point, i) => {
    const height = Math.max(1, Math.min(20, (point / 90) * 20));
    return `M${(120 - shown.length + i) * 2} ${10 - height / 2}v${height}`;
  });
  return (
    <div className={`meter ${side}`} role="img" aria-label={`${t.level}: ${name}, ${level} %`}>
      <svg viewBox="0 0 240 20" preserveAspectRatio="none" aria-hidden="true">
        <path d={bars.join("")} />
      </svg>
    </div>
  );
}

export function ListenButton({ id }: { id: string }) {
  const listening = useRef<Listening | null>(null);
  const hasSound = useSession()?.has_live_sound ?? true;
  const [isOn, setOn] = useState(false);
  const [trouble, setTrouble] = useState("");
  useEffect(() => () => listening.current?.stop(), []);
  const toggle = () => {
    if (listening.current) {
      listening.current.stop();
      listening.current = null;
      setOn(false);
      return;
    }
    setTrouble("");
    listening.current = new Listening(id, (why) => {
      listening.current = null;
      setOn(false);
      setTrouble(why);
    });
    setOn(true);
  };
  return (
    <>
      <span role="status" className="trouble">{trouble}</span>
      <button type="button" className={`button ${isOn ? "primary" : ""}`} aria-pressed={isOn} disabled={!hasSound} title={hasSound ? undefined : t.noSound} onClick={toggle}>
        <Icon name="ear" size={14} /> {isOn ? t.stop : t.listen}
      </button>
    </>
  );
}
