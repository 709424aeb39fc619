/** Asking the server: by a key kept for this tab, or by the play link that is in the page's address. */

import type { Problem } from "./types.ts";

const KEY = "earwitness.key";
const LINK = ["workspace", "until", "link"] as const;

export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? String(problem.status));
    this.status = problem.status;
    this.hint = problem.hint ?? "";
  }
}

export function key(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepKey(value: string): void {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
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

/** Whether the page has anything to show to the server; else it asks for a key first. */
export function hasCredential(): boolean {
  return key() !== "" || link() !== "";
}

/** A path with the play link where no key is there to go with it. */
export function addressed(path: string): string {
  const signed = key() ? "" : link();
  return signed ? path + (path.includes("?") ? "&" : "?") + signed : path;
}

export async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (key()) headers.set("Authorization", `Bearer ${key()}`);
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

export async function post<T>(path: string, body?: unknown): Promise<T | null> {
  const answer = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.headers.get("Content-Type")?.includes("json") ? ((await answer.json()) as T) : null;
}

/** The address at which a player finds a sound or a browser a file: elements cannot send a key. */
export async function mediaQuery(conversation: string): Promise<string> {
  if (!key()) return link();
  const { path } = await get<{ path: string }>(`/api/v1/conversations/${conversation}/link`);
  return path.split("?")[1] ?? "";
}
