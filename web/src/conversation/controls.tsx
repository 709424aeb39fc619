import { useEffect } from "react";
import { Icon } from "../components/icon.tsx";
import { clock } from "../format.ts";
import { isTyping } from "../keys.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { usePlayer, type Player } from "./player.ts";
import { beginning, ending, type Span } from "./silence.ts";

const t = words.conversation;
const RATES = [0.5, 1, 1.25, 1.5, 2, 3];

export function Controls({ player, seconds }: { player: Player; seconds: number }) {
  const isPlaying = usePlayer(player, (state) => state.isPlaying);
  const tenths = usePlayer(player, (state) => Math.floor(state.seconds * 10));
  const rate = usePlayer(player, (state) => state.rate);
  const skips = usePlayer(player, (state) => state.skipsSilence);
  const failed = usePlayer(player, (state) => state.error);
  return (
    <div className="controls" role="group" aria-label={t.player}>
      <button type="button" className="play" onClick={() => player.toggle()} aria-label={isPlaying ? t.pause : t.play}>
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <span className="timecode" aria-label={t.position}>
        <b>{clock(tenths / 10)}</b> / {clock(seconds)}
      </span>
      <input
        type="range"
        className="seek"
        min={0}
        max={Math.max(seconds, 0.1)}
        step={0.1}
        value={Math.min(tenths / 10, seconds)}
        aria-label={t.position}
        aria-valuetext={clock(tenths / 10)}
        onChange={(event) => player.seek(Number(event.target.value))}
      />
      <label className="rate">
        <span className="sr">{t.speed}</span>
        <select value={rate} onChange={(event) => player.setRate(Number(event.target.value))}>
          {RATES.map((each) => (
            <option key={each} value={each}>
              {each}×
            </option>
          ))}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={skips} onChange={(event) => player.skipSilence(event.target.checked)} />
        {t.skipSilence}
      </label>
      {failed && <span className="tag bad">{t.noSound}</span>}
    </div>
  );
}

/** Keys of the whole page: play, step, find, mark a stretch, and back to the list where there is one. */
export function usePlayerKeys(player: Player, hasList: boolean, onChoose: (how: (had: Span | null) => Span) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const onControl = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [role=tab]");
      const step = event.shiftKey ? 1 : 5;
      if (event.key === " " && !onControl) player.toggle();
      else if (event.key === "ArrowLeft") player.seek(player.get().seconds - step);
      else if (event.key === "ArrowRight") player.seek(player.get().seconds + step);
      else if (event.key === "[") onChoose((had) => beginning(had, player.get().seconds));
      else if (event.key === "]") onChoose((had) => ending(had, player.get().seconds));
      else if (event.key === "/") document.getElementById("find-in-transcript")?.focus();
      else if (event.key === "Escape" && hasList) go("/conversations");
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [hasList, onChoose, player]);
}
