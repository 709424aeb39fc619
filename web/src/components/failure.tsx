import type { ApiError } from "../api/client.ts";
import { Link } from "./link.tsx";
import { words } from "../words.ts";
import { SignIn } from "../pages/sign-in.tsx";

/** What went wrong, and what to do next. Without a right to look, that is to sign in. */
export function Failure({ error, again }: { error: ApiError; again?: () => void }) {
  if (error.status === 401) return <SignIn />;
  const isNowhere = error.status === 404; // asked again it is not there either, and its hint names commands
  return (
    <main className="failure" id="content" role="alert">
      <h1>{error.status === 0 ? words.error.offline : error.message}</h1>
      {error.hint && !isNowhere && <p>{error.hint}</p>}
      {isNowhere && <Link to="/conversations">{words.error.home}</Link>}
      {again && !isNowhere && (
        <button type="button" className="button" onClick={again}>
          {words.error.again}
        </button>
      )}
    </main>
  );
}
