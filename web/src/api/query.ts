/** The list's question: the filters of the API, as they stand in the page's address. */

export const FILTERS = [
  "q",
  "provider",
  "status",
  "label",
  "subject",
  "outcome",
  "route",
  "agent",
  "since",
  "until",
  "min_messages",
  "min_duration",
  "max_duration",
  "min_health",
  "max_health",
  "health_reason",
  "min_sentiment",
  "max_sentiment",
] as const;
export type Filter = (typeof FILTERS)[number];

export interface ListQuery {
  filters: Partial<Record<Filter, string>>;
  sort: string;
}

export function readQuery(search: string): ListQuery {
  const given = new URLSearchParams(search);
  const filters: ListQuery["filters"] = {};
  for (const name of FILTERS) {
    const value = given.get(name);
    if (value) filters[name] = value;
  }
  return { filters, sort: given.get("sort") ?? "newest" };
}

/** As it stands in an address; the same question always gives the same text. */
export function writeQuery({ filters, sort }: ListQuery): string {
  const written = new URLSearchParams();
  for (const name of FILTERS) {
    const value = filters[name]?.trim();
    if (value) written.set(name, value);
  }
  if (sort !== "newest") written.set("sort", sort);
  return written.toString();
}

export function withFilter(query: ListQuery, name: Filter, value: string): ListQuery {
  const filters = { ...query.filters };
  if (value.trim()) filters[name] = value;
  else delete filters[name];
  return { ...query, filters };
}

const SPANS: Record<string, number> = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 };

/** As the API wants it: a span such as `24h` before now becomes a moment. */
export function askedQuery(query: ListQuery, now = Date.now()): string {
  const span = SPANS[query.filters.since ?? ""];
  if (!span) return writeQuery(query);
  return writeQuery(withFilter(query, "since", new Date(now - span).toISOString()));
}
