import { useState } from "react";
import { ApiError, link } from "../api/client.ts";
import { logIn } from "../api/session.ts";
import { Icon } from "../components/icon.tsx";
import { words } from "../words.ts";

const t = words.signIn;

export function SignIn() {
  const [withKey, setWithKey] = useState(true);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [trouble, setTrouble] = useState(link() ? t.linkOver : "");
  const [isAsking, setAsking] = useState(false);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setAsking(true);
    try {
      await logIn(withKey ? { key: secret.trim() } : { user: name.trim(), password: secret });
      location.assign(link() ? location.pathname : location.href);
    } catch (error) {
      setTrouble(told(error));
      setAsking(false);
    }
  };

  return (
    <main className="sign-in" id="content">
      <form onSubmit={submit}>
        <img src="/static/icon.svg" alt="" width={40} height={40} />
        <h1>{t.title}</h1>
        {!withKey && (
          <>
            <label htmlFor="name">{t.user}</label>
            <input id="name" autoComplete="username" required value={name} onChange={(event) => setName(event.target.value)} />
          </>
        )}
        <label htmlFor="secret">{withKey ? t.key : t.password}</label>
        <input
          id="secret"
          type="password"
          autoComplete="current-password"
          required
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          aria-invalid={trouble ? true : undefined}
        />
        <p className="trouble" role="alert">
          {trouble && (
            <>
              <Icon name="warn" size={14} /> {trouble}
            </>
          )}
        </p>
        <button type="submit" className="button primary" disabled={isAsking}>
          {t.button}
        </button>
        <button type="button" className="plain" onClick={() => setWithKey(!withKey)}>
          {withKey ? t.asUser : t.asKey}
        </button>
        {withKey && (
          <p className="quiet">
            {t.make} <code>earwitness keys create web</code>
          </p>
        )}
      </form>
    </main>
  );
}

function told(error: unknown): string {
  if (!(error instanceof ApiError) || error.status === 0) return words.error.offline;
  return error.status === 401 ? t.refused : error.message;
}
