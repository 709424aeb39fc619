import { useState } from "react";
import { ApiError, get, keepKey, link } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { words } from "../words.ts";

const t = words.signIn;

export function SignIn() {
  const [value, setValue] = useState("");
  const [trouble, setTrouble] = useState(link() ? t.linkOver : "");
  const [isAsking, setAsking] = useState(false);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setAsking(true);
    keepKey(value.trim());
    try {
      await get<Page>("/api/v1/conversations?limit=1");
      location.assign(link() ? location.pathname : location.href);
    } catch (error) {
      keepKey("");
      const status = error instanceof ApiError ? error.status : 0;
      setTrouble(status === 0 ? words.error.offline : t.refused);
      setAsking(false);
    }
  };

  return (
    <main className="sign-in" id="content">
      <form onSubmit={submit}>
        <img src="/static/icon.svg" alt="" width={40} height={40} />
        <h1>{t.title}</h1>
        <label htmlFor="key">{t.key}</label>
        <input
          id="key"
          type="password"
          autoComplete="current-password"
          required
          value={value}
          onChange={(event) => setValue(event.target.value)}
          aria-describedby="key-hint"
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
        <p className="quiet" id="key-hint">
          {t.hint}
        </p>
        <p className="quiet">
          {t.make} <code>earwitness keys create web</code>
        </p>
      </form>
    </main>
  );
}
