import { useEffect, useState } from "react";
import { get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import { Icon } from "../components/icon.tsx";
import { words } from "../words.ts";

const t = words.first;

interface Setup {
  tap: string;
  needs_key: boolean;
  routes: { name: string; provider: string }[];
}

/** `bot`: of a platform that calls the user's own bot, where that is; its route must be set up first. */
const BEFORE: Record<string, { product: string; before: string; path: string; bot?: string }> = {
  openai: { product: "OpenAI Realtime", before: "wss://api.openai.com/v1/realtime", path: "/v1/realtime" },
  elevenlabs: {
    product: "ElevenLabs Agents",
    before: "wss://api.elevenlabs.io/v1/convai/conversation",
    path: "/v1/convai/conversation",
  },
  hume: { product: "Hume EVI", before: "wss://api.hume.ai/v0/evi/chat", path: "/v0/evi/chat" },
  twilio: { product: "Twilio", before: "wss://bot.example.com/media", path: "", bot: "wss://bot.example.com/media" },
  audiocodes: { product: "AudioCodes VoiceAI Connect", before: "wss://bot.example.com/vaic", path: "", bot: "wss://bot.example.com/vaic" },
};

export function FirstRun({ onFirst }: { onFirst: () => void }) {
  const [setup, setSetup] = useState<Setup | null>(null);
  const [note, setNote] = useState("");
  const mayPlay = useRight("write");
  useEffect(() => {
    get<Setup>("/api/v1/setup").then(setSetup, () => undefined);
  }, []);
  const play = async () => {
    try {
      await send("/api/v1/simulated-calls", { provider: "openai" });
      setNote(t.playing);
      onFirst();
    } catch (error) {
      setNote((error as Error).message);
    }
  };
  return (
    <main className="first" id="content">
      <h1>{t.title}</h1>
      <p className="lead">{t.lead}</p>
      <ul className="ways">
        {setup && waysOf(setup).map((way) => (
          <li key={way.product + way.now}>
            <h2>{way.product}</h2>
            <dl>
              <dt>{t.before}</dt>
              <dd>
                <code>{way.before}</code>
              </dd>
              {way.setting && (
                <>
                  <dt>{t.setUp}</dt>
                  <dd>
                    <code className="lines">{way.setting}</code>
                    <CopyButton text={way.setting} what={`${way.product}, ${t.setUp}`} />
                  </dd>
                </>
              )}
              <dt>{t.now}</dt>
              <dd>
                <code>{way.now}</code>
                <CopyButton text={way.now} what={way.product} />
              </dd>
            </dl>
          </li>
        ))}
      </ul>
      {setup?.needs_key && <p className="quiet">{t.needsKey}</p>}
      <p className="quiet">{t.or}</p>
      <button type="button" className="button primary large" onClick={() => void play()} disabled={!mayPlay || note === t.playing}>
        <Icon name="play" size={14} /> {t.simulate}
      </button>
      <p role="status" className="quiet">
        {mayPlay ? note : t.noRight}
      </p>
    </main>
  );
}

/** One way in for each route that leads to a provider; of those that are not set up, how it would be. */
export function waysOf(setup: Setup): { product: string; before: string; setting: string; now: string }[] {
  return Object.entries(BEFORE).map(([provider, { product, before, path, bot }]) => {
    const route = setup.routes.find((each) => each.provider === provider);
    const setting = route || !bot ? "" : `# ${t.inSettings}\n[routes.${provider}]\nprovider = "${provider}"\nupstream = "${bot}"`;
    return { product, before, setting, now: `${setup.tap}/${route?.name ?? provider}${path}` };
  });
}

function CopyButton({ text, what }: { text: string; what: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`${isCopied ? words.copied : words.copy}: ${what}`}
      title={isCopied ? words.copied : words.copy}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
    >
      <Icon name={isCopied ? "check" : "copy"} />
    </button>
  );
}
