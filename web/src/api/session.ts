/** Who this browser is logged in as. The login itself is a cookie that no script can read. */

import { createContext, useContext } from "react";
import { ApiError, ask, get, setCsrf } from "./client.ts";

export interface Session {
  name: string;
  workspace: string;
  scopes: string[];
  csrf_token: string;
  has_live_sound: boolean; // of running calls: to listen in, and for how loud they are
}

/** The session there is, or null. Raises where the server does not answer at all. */
export async function whoAmI(): Promise<Session | null> {
  try {
    const session = await get<Session>("/api/v1/session");
    setCsrf(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export async function logIn(who: { key: string } | { user: string; password: string }): Promise<void> {
  await ask("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(who),
  });
}

export async function logOut(): Promise<void> {
  await ask("/api/v1/session", { method: "DELETE" });
}

/** null: somebody who came by a play link. */
export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session | null {
  return useContext(SessionContext);
}

export function useRight(scope: string): boolean {
  return useSession()?.scopes.includes(scope) ?? false;
}
