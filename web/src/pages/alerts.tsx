import { useEffect, useState } from "react";
import { get } from "../api/client.ts";
import { Icon } from "../components/icon.tsx";
import { Link } from "../components/link.tsx";
import { moment } from "../format.ts";
import { words } from "../words.ts";

const t = words.alerts;
const EVERY_MS = 30_000;
const MOST_CALLS = 3; // that are named beside an alert

interface Alert {
  id: string;
  rule: string;
  about: string; // the route, where each is judged by itself
  message: string;
  evidence: string[]; // ids of conversations that show it
  began_at: string;
}

/** What is wrong at this moment by the rules that were set, each with calls that show it. */
export function Alerts() {
  const [alerts, setAlerts] = useState<Alert[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const look = () => get<{ alerts: Alert[] }>("/api/v1/alerts?state=firing", abort.signal).then((found) => setAlerts(found.alerts), () => undefined);
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, []);
  if (alerts.length === 0) return null;
  return (
    <section className="alerts" aria-label={t.title}>
      <h2>{t.title}</h2>
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <Icon name="warn" size={14} />
            <b>{alert.rule}</b>
            {alert.about && <span className="tag">{alert.about}</span>}
            <span>{alert.message}</span>
            <span className="quiet">{t.since(moment(alert.began_at))}</span>
            {alert.evidence.slice(0, MOST_CALLS).map((id, i) => (
              <Link key={id} to={`/conversations/${id}`}>{t.call(i + 1)}</Link>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
