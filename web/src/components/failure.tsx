import type { ApiError } from "../api/client.ts";
import { words } from "../words.ts";
import { SignIn } from "../pages/sign-in.tsx";

/** What went wrong, and what to do next. Without a right to look, that is to sign in. */
export function Failure({ error, again }: { error: ApiError; again?: () => void }) {
  if (error.status === 401) return <SignIn />;
  return (
    <main className="failure" id="content" role="alert">
      <h1>{error.status === 0 ? words.error.offline : error.message}</h1>
      {error.hint && <p>{error.hint}</p>}
      {again && (
        <button type="button" className="button" onClick={again}>
          {words.error.again}
        </button>
      )}
    </main>
  );
}
