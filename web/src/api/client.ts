/** Asking the server: by the browser's login, or by the play link that is in the page's address. */

import type { Problem } from "./types.ts";

const LINK = ["workspace", "by", "until", "link"] as const;
const READS = ["GET", "HEAD"];

export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? String(problem.status));
    this.status = problem.status;
    this.hint = problem.hint ?? "";
  }
}

let csrf = "";

/** The word that only our own pages know; every change sends it. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** The play link by which this page was opened, as query parameters, or "". */
export function link(search = location.search): string {
  const given = new URLSearchParams(search);
  const kept = new URLSearchParams();
  for (const name of LINK) {
    const value = given.get(name);
    if (value === null) return "";
    kept.set(name, value);
  }
  return kept.toString();
}

/** The conversation that is looked at with what redaction takes out, and why. */
let unmasked: { base: string; reason: string } | null = null;

/** From now on this conversation is shown as it was said, or (without a reason) as everybody sees it. */
export function seeRaw(id: string, reason: string): void {
  unmasked = reason ? { base: `/api/v1/conversations/${id}`, reason } : null;
}

/** A path with all that the right to it needs: elements that fetch by themselves need it in the address. */
export function addressed(path: string): string {
  const more = [link()];
  if (unmasked && path.startsWith(unmasked.base)) more.push(new URLSearchParams({ view: "raw", reason: unmasked.reason }).toString());
  const query = more.filter(Boolean).join("&");
  return query ? path + (path.includes("?") ? "&" : "?") + query : path;
}

export async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (csrf && !READS.includes(options.method ?? "GET")) headers.set("X-CSRF-Token", csrf);
  let answer: Response;
  try {
    answer = await fetch(addressed(path), { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError({ status: 0, detail: "offline" });
  }
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  throw new ApiError({ ...problem, status: answer.status });
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(path, signal ? { signal } : {})).json()) as T;
}

/** POST, or another change; the answer's JSON where it has some. */
export async function send<T>(path: string, body?: unknown, method = "POST"): Promise<T | null> {
  const answer = await ask(path, {
    method,
    ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  return answer.headers.get("Content-Type")?.includes("json") ? ((await answer.json()) as T) : null;
}
