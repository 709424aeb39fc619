import { useCallback, useEffect, useState, type ReactNode } from "react";
import { addressed, ApiError, get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import { Confirm } from "../components/confirm.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { Link } from "../components/link.tsx";
import type { Hold } from "../conversation/acts.tsx";
import { erase } from "../api/erase.ts";
import { moment } from "../format.ts";
import { words } from "../words.ts";
import { TrailBook } from "./trail-book.tsx";

const t = words.protection;

interface Erasure {
  id: string;
  conversation_id: string;
  requested_at: string;
  done_at: string | null;
  state: string;
  reason: string;
  deferred_because: string;
  certificate: Record<string, unknown>;
}

/** Whom and what we keep, must keep and have let go: a person's request, erasures, holds, the trail. */
export function ProtectionPage() {
  const [erasures, setErasures] = useState<Erasure[]>([]);
  const [holds, setHolds] = useState<Hold[]>([]);
  const [error, setError] = useState<ApiError | null>(null);
  const [note, setNote] = useState(""); // what came of the last thing that was done here
  const [round, setRound] = useState(0); // of looks: what is done here stands in the trail at once
  const isAdmin = useRight("admin");
  const load = useCallback(() => {
    setError(null);
    get<{ erasures: Erasure[] }>("/api/v1/erasures").then((found) => setErasures(found.erasures), setError);
    get<{ holds: Hold[] }>("/api/v1/holds").then((found) => setHolds(found.holds), setError);
  }, []);
  useEffect(load, [load]);
  useEffect(() => {
    document.title = `${t.title} · ${words.product}`;
  }, []);
  const done = (what: string) => {
    setNote(what);
    setRound((had) => had + 1);
    load();
  };
  const release = (hold: Hold) =>
    send(`/api/v1/conversations/${hold.conversation_id}/hold`, undefined, "DELETE").then(() => done(""), setError);
  if (error) return <Failure error={error} again={load} />;
  return (
    <main className="protection" id="content">
      <h1>{t.title}</h1>
      {isAdmin && <Person note={note} onNote={setNote} onErased={done} />}
      <Section title={t.erasures} empty={t.noErasures} count={erasures.length}>
        <table className="fields">
          <thead>
            <tr>
              <th scope="col">{t.asked}</th>
              <th scope="col">{t.conversation}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.why}</th>
              <th scope="col">{t.certificate}</th>
            </tr>
          </thead>
          <tbody>
            {erasures.map((each) => (
              <tr key={each.id}>
                <td>{moment(each.requested_at)}</td>
                <td><code>{each.conversation_id}</code></td>
                <td>
                  <span className={`tag ${each.state === "done" ? "" : "held"}`}>{t.states[each.state] ?? each.state}</span>{" "}
                  {each.deferred_because}
                </td>
                <td>{each.reason}</td>
                <td>{each.state === "done" && <Certificate erasure={each} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <Section title={t.holds} empty={t.noHolds} count={holds.length}>
        <table className="fields">
          <thead>
            <tr>
              <th scope="col">{t.since}</th>
              <th scope="col">{t.conversation}</th>
              <th scope="col">{t.why}</th>
              <th scope="col">{t.by}</th>
              <th scope="col"><span className="sr">{words.acts.release}</span></th>
            </tr>
          </thead>
          <tbody>
            {holds.map((hold) => (
              <tr key={hold.conversation_id}>
                <td>{moment(hold.placed_at)}</td>
                <td><Link to={`/conversations/${hold.conversation_id}`}><code>{hold.conversation_id}</code></Link></td>
                <td>{hold.reason}</td>
                <td>{hold.placed_by}</td>
                <td>
                  {isAdmin && (
                    <button type="button" className="button" onClick={() => void release(hold)}>
                      {words.acts.release}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <TrailBook round={round} />
    </main>
  );
}

function Section({ title, empty, count, children }: { title: string; empty: string; count: number; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {count === 0 ? <p className="quiet">{empty}</p> : <div className="wide" tabIndex={0} role="region" aria-label={title}>{children}</div>}
    </section>
  );
}

/** The certificate as a file: what is gone, and when; it names nobody. */
function Certificate({ erasure }: { erasure: Erasure }) {
  const text = JSON.stringify(erasure, null, 2);
  const save = () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `erasure-${erasure.id}.json`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <button type="button" className="button" onClick={save}>
      <Icon name="download" size={12} /> {t.certificate}
    </button>
  );
}

/** What somebody who asks for what is kept of them, or for its end, is answered with. */
function Person({ note, onNote, onErased }: { note: string; onNote: (note: string) => void; onErased: (what: string) => void }) {
  const [person, setPerson] = useState("");
  const [found, setFound] = useState<{ person: string; count: number; more: boolean } | null>(null);
  const [isErasing, setErasing] = useState(false);
  const look = async () => {
    const query = new URLSearchParams({ subject: person.trim(), limit: "100" });
    const page = await get<{ conversations: unknown[]; next_cursor: string | null }>(`/api/v1/conversations?${query}`);
    setFound({ person: person.trim(), count: page.conversations.length, more: page.next_cursor !== null });
  };
  const path = `/api/v1/subjects/${encodeURIComponent(found?.person ?? "")}`;
  return (
    <section>
      <h2>{t.person}</h2>
      <form
        className="pane-form person"
        onSubmit={(event) => {
          event.preventDefault();
          onNote("");
          look().catch((error: unknown) => onNote((error as Error).message));
        }}
      >
        <label htmlFor="person">{words.conversation.fact.subject}</label>
        <input id="person" required value={person} onChange={(event) => setPerson(event.target.value)} />
        <button type="submit" className="button">{t.look}</button>
      </form>
      <p role="status">{note || (found && t.found(found.count, found.more))}</p>
      {found && found.count > 0 && (
        <p className="acts">
          <Link className="button" to={`/conversations?${new URLSearchParams({ subject: found.person })}`}>{t.calls}</Link>
          <a className="button" href={addressed(path)} download="person.zip">{words.acts.exportPerson}</a>
          <button type="button" className="button danger" onClick={() => setErasing(true)}>{words.acts.erasePerson}</button>
        </p>
      )}
      {isErasing && found && (
        <Confirm
          title={words.acts.personTitle}
          text={words.acts.personText}
          typed={found.person}
          action={words.acts.erasePerson}
          withReason
          onCancel={() => setErasing(false)}
          onConfirm={async (reason) => {
            const because = await erase(path, reason);
            setErasing(false);
            setFound(null);
            onErased(because ? words.acts.deferred(because) : t.gone);
          }}
        />
      )}
    </section>
  );
}
