import { useEffect, useState, type ReactNode } from "react";
import { link, type ApiError } from "./api/client.ts";
import { logOut, SessionContext, useSession, whoAmI, type Session } from "./api/session.ts";
import { Failure } from "./components/failure.tsx";
import { Icon, type IconName } from "./components/icon.tsx";
import { Link } from "./components/link.tsx";
import { ConversationPage } from "./pages/conversation.tsx";
import { ConversationsPage } from "./pages/conversations.tsx";
import { DashboardPage } from "./pages/dashboard.tsx";
import { LivePage } from "./pages/live.tsx";
import { ProtectionPage } from "./pages/protection.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { go, useAddress } from "./routing.ts";
import { words } from "./words.ts";

export function App() {
  const address = useAddress();
  const [session, setSession] = useState<Session | null | undefined>();
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    whoAmI().then(setSession, setError);
  }, []);
  let page: ReactNode = null;
  if (error) page = <Failure error={error} again={() => location.reload()} />;
  else if (session === undefined) page = null;
  else page = session || link() ? pageOf(address) : <SignIn />;
  return (
    <SessionContext value={session ?? null}>
      <a className="skip" href="#content">
        {words.nav.skip}
      </a>
      <TopBar path={address.pathname} />
      {page}
    </SessionContext>
  );
}

function pageOf(address: URL): ReactNode {
  const [, first, second] = address.pathname.split("/");
  if (first === "conversations" && second) return <ConversationPage key={second} id={decodeURIComponent(second)} />;
  if (first === "dashboard") return <DashboardPage address={address} />;
  if (first === "live") return <LivePage />;
  if (first === "protection") return <ProtectionPage />;
  if (first === "" || first === "conversations") return <ConversationsPage address={address} />;
  return (
    <main className="failure" id="content">
      <h1>{words.error.notFound}</h1>
      <Link to="/conversations">{words.error.home}</Link>
    </main>
  );
}

const PLACES: [string, string, IconName, string][] = [
  ["/conversations", words.nav.conversations, "list", "read"],
  ["/live", words.nav.live, "live", "read"],
  ["/dashboard", words.nav.dashboard, "chart", "read"],
  ["/protection", words.nav.protection, "lock", "audit"],
]; // address, name, picture, and the right it takes

function TopBar({ path }: { path: string }) {
  const session = useSession();
  return (
    <header className="topbar">
      <a
        className="brand"
        href="/"
        aria-label={words.product}
        onClick={(event) => {
          event.preventDefault();
          go("/conversations");
        }}
      >
        <img src="/static/icon.svg" alt="" width={20} height={20} />
        <span>{words.product}</span>
      </a>
      {session && (
        <nav aria-label={words.nav.main}>
          {PLACES.filter(([, , , right]) => session.scopes.includes(right)).map(([to, label, icon]) => (
            <Link key={to} to={to} label={label} isCurrent={path === to || (to === "/conversations" && path === "/")}>
              <Icon name={icon} />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
      )}
      <span className="spacer" />
      <ThemeButton />
      {session && (
        <button
          type="button"
          className="icon-button"
          aria-label={words.signOut}
          title={words.signOut}
          onClick={() => void logOut().finally(() => location.assign("/"))}
        >
          <Icon name="out" />
        </button>
      )}
    </header>
  );
}

const THEME = "earwitness.theme";

function ThemeButton() {
  const [theme, setTheme] = useState(() => localStorage.getItem(THEME) ?? "");
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    if (theme) localStorage.setItem(THEME, theme);
  }, [theme]);
  const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words.theme.toggle}
      title={words.theme.toggle}
      onClick={() => setTheme(isDark ? "light" : "dark")}
    >
      <Icon name={isDark ? "sun" : "moon"} />
    </button>
  );
}
