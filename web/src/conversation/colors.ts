/** The palette of the style sheet, resolved for what is drawn on a canvas. */

import { useEffect, useState } from "react";

const NAMES = ["caller", "agent", "ink", "dim", "faint", "edge", "surface", "bad", "warn", "good", "tool", "mark", "accent"] as const;
export type Palette = Record<(typeof NAMES)[number], string>;

export function readPalette(): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const palette = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Palette;
  probe.remove();
  return palette;
}

/** Read again whenever the page turns dark or light. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const update = () => setPalette(readPalette());
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", update);
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", update);
      observer.disconnect();
    };
  }, []);
  return palette;
}

export function faded(color: string, alpha: number): string {
  const parts = color.match(/[\d.]+/g) ?? ["0", "0", "0"];
  return `rgba(${parts[0]}, ${parts[1]}, ${parts[2]}, ${alpha})`;
}
