import type { ReactNode } from "react";
import type { Conversation, Extraction, Figures, Health, Summary } from "../api/types.ts";
import { clock, fullMoment, length, percent, wait } from "../format.ts";
import { words } from "../words.ts";
import type { Known } from "./known.ts";
import { Facts } from "./side.tsx";
import { responseWaits } from "./story.ts";

const t = words.conversation;

interface Props {
  conversation: Conversation;
  known: Known;
  seek: (seconds: number) => void;
}

/** What it was about, what was learnt of it, how it went, and how far this record can be trusted. */
export function Overview({ conversation, known, seek }: Props) {
  return (
    <div className="pane-body">
      {known.summary && <About summary={known.summary} />}
      <Trust health={known.health} score={conversation.health} seek={seek} />
      <Numbers conversation={conversation} figures={known.figures} />
      {known.extraction && known.extraction.values.length > 0 && (
        <Fields extraction={known.extraction} conversation={conversation} seek={seek} />
      )}
      {conversation.redactions.length > 0 && <TakenOut conversation={conversation} seek={seek} />}
      <section>
        <h3>{t.about}</h3>
        <Facts
          rows={[
            [t.fact.began, fullMoment(conversation.began_at)],
            [t.fact.ended, conversation.ended_at && fullMoment(conversation.ended_at)],
            [t.fact.providers, conversation.providers.join(", ")],
            [t.fact.subject, conversation.subject],
            [t.fact.reasons, conversation.reasons.join(", ")],
            [t.fact.callId, <code key="c">{conversation.call_id}</code>],
            [t.fact.id, <code key="i">{conversation.id}</code>],
            ...Object.entries(conversation.metadata).map(
              ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as [string, ReactNode],
            ),
          ]}
        />
      </section>
    </div>
  );
}

function About({ summary }: { summary: Summary }) {
  const by = (who: string | null) => who && <span className="quiet"> {t.summary.by(who)}</span>;
  return (
    <section>
      <h3>{t.summary.title}</h3>
      {summary.text && (
        <p className="summary" dir="auto">
          {summary.text}
          {by(summary.written_by)}
        </p>
      )}
      {summary.note && <p className="quiet">{summary.note}</p>}
      {summary.topics.length > 0 && (
        <p className="labels wrap" aria-label={t.summary.topics}>
          {summary.topics.map((topic) => (
            <span key={topic} className="tag">{topic.replaceAll("_", " ")}</span>
          ))}
        </p>
      )}
      <Facts
        rows={[
          [t.fact.outcome, summary.outcome && <>{summary.outcome}{by(summary.outcome_by)}</>],
          [t.fact.satisfaction, summary.satisfaction && <>{summary.satisfaction}{by(summary.satisfaction_by)}</>],
        ]}
      />
    </section>
  );
}

function Trust({ health, score, seek }: { health: Health | null; score: number; seek: (s: number) => void }) {
  return (
    <section>
      <h3>{t.trust}</h3>
      <HealthBar score={health?.score ?? score} />
      {health && health.reasons.length === 0 && <p className="quiet">{t.whole}</p>}
      {health && health.reasons.length > 0 && (
        <ul className="reasons">
          {health.reasons.map((reason, i) => (
            <li key={i}>
              <span className="cost">−{reason.cost}</span>
              <span>{reason.message}</span>
              {reason.at_ms !== null && <At ms={reason.at_ms} seek={seek} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function At({ ms, seek }: { ms: number; seek: (s: number) => void }) {
  return (
    <button type="button" className="at" onClick={() => seek(ms / 1000)} aria-label={`${t.jump} ${clock(ms / 1000)}`}>
      {clock(ms / 1000)}
    </button>
  );
}

function HealthBar({ score }: { score: number }) {
  const tone = score >= 90 ? "good" : score >= 60 ? "warn" : "bad";
  return (
    <div className={`health-bar ${tone}`}>
      <meter min={0} max={100} value={score} aria-label={words.health} />
      <b>{score}</b>
      <span>{t.of100}</span>
    </div>
  );
}

/** As measured on the sound; before that is done, as the events tell. */
function Numbers({ conversation: c, figures }: { conversation: Conversation; figures: Figures | null }) {
  const waits = responseWaits(c.messages).map((each) => each.toMs - each.fromMs).sort((a, b) => a - b);
  const median = figures ? figures.response_ms.p50 : (waits[Math.floor((waits.length - 1) / 2)] ?? null);
  const longest = figures ? figures.response_ms.longest : (waits.at(-1) ?? null);
  const shown: [string, string | null][] = [
    [t.figures.duration, length(c.duration_seconds * 1000)],
    [t.figures.messages, String(c.messages.length)],
    [t.figures.tools, String(c.tool_calls.length)],
    [t.figures.median, median === null ? null : wait(median)],
    [t.figures.longest, longest === null ? null : wait(longest)],
    [t.figures.interruptions, figures ? t.figures.cuts(figures.interruptions_by_caller, figures.interruptions_by_agent) : String(c.interruptions.length)],
    [t.figures.first, figures?.first_sound_ms == null ? null : wait(figures.first_sound_ms)],
    [t.figures.deadAir, figures ? wait(figures.dead_air_ms) : null],
    [t.figures.overlap, figures ? wait(figures.overlap_ms) : null],
    [t.figures.share, figures?.agent_share == null ? null : percent(figures.agent_share)],
  ];
  return (
    <section>
      <h3>{t.numbers}</h3>
      <dl className="figures">
        {shown.map(([label, value]) => value !== null && (
          <div key={label} className="figure">
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet source">{figures ? t.measured : t.told}</p>
    </section>
  );
}

interface FieldsProps {
  extraction: Extraction;
  conversation: Conversation;
  seek: (seconds: number) => void;
}

/** The fields of the schema that were found; those that a later word overruled are struck through. */
function Fields({ extraction, conversation, seek }: FieldsProps) {
  const e = t.extraction;
  const placeOf = (key: string | null) => conversation.messages.findIndex((message) => message.key === key);
  return (
    <section>
      <h3>{e.title(extraction.schema)}</h3>
      <table className="fields">
        <thead>
          <tr>
            <th scope="col">{e.field}</th>
            <th scope="col">{e.value}</th>
            <th scope="col">{e.method}</th>
            <th scope="col">{e.confidence}</th>
            <th scope="col">{e.source}</th>
          </tr>
        </thead>
        <tbody>
          {extraction.values.map((value, i) => (
            <tr key={i} className={value.holds ? "" : "overruled"}>
              <th scope="row">{value.field}</th>
              <td dir="auto">{value.holds ? value.value : <del title={e.overruled}>{value.value}</del>}</td>
              <td>{e.methods[value.method] ?? value.method}</td>
              <td>{percent(value.confidence)}</td>
              <td>
                <button type="button" className="at" onClick={() => seek(value.at_ms / 1000)}>
                  {value.message && placeOf(value.message) >= 0 ? e.message(placeOf(value.message) + 1) : e.tool} {clock(value.at_ms / 1000)}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What redaction took out, and where it was spoken; never what it was. */
function TakenOut({ conversation, seek }: { conversation: Conversation; seek: (s: number) => void }) {
  return (
    <section>
      <h3>{t.takenOut}</h3>
      <ul className="taken-out">
        {conversation.redactions.map((each, i) => (
          <li key={i}>
            <span className="tag">{each.kind}</span>
            <span className="quiet">{t.fields[each.field] ?? each.field}</span>
            {each.from_ms !== null && <At ms={each.from_ms} seek={seek} />}
            {each.from_ms !== null && each.until_ms !== null && <span className="quiet">{wait(each.until_ms - each.from_ms)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
