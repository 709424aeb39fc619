import { useCallback, useEffect, useState } from "react";
import { ApiError, get } from "../api/client.ts";
import type { ConversationRow, Page } from "../api/types.ts";
import { Link } from "../app.tsx";
import { Failure } from "../components/failure.tsx";
import { HealthScore, StatusTag } from "../components/status.tsx";
import { length, moment } from "../format.ts";
import { words } from "../words.ts";

export function ConversationsPage({ address }: { address: URL }) {
  const [rows, setRows] = useState<ConversationRow[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const load = useCallback(() => {
    setError(null);
    get<Page>(`/api/v1/conversations?limit=200`).then((page) => setRows(page.conversations), setError);
  }, []);
  useEffect(load, [load, address.search]);
  if (error) return <Failure error={error} again={load} />;
  if (!rows) return <p className="loading" role="status">{words.loading}</p>;
  return (
    <main className="list" id="content">
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>{moment(row.started_at)}</td>
              <td>
                <Link to={`/conversations/${row.id}`}>{row.call_id}</Link>
              </td>
              <td>{row.providers.join(" + ")}</td>
              <td>{length(row.duration_ms)}</td>
              <td>
                <StatusTag status={row.status} />
              </td>
              <td>
                <HealthScore score={row.health_score} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
