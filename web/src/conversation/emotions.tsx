import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Message } from "../api/types.ts";
import { clock } from "../format.ts";
import { words } from "../words.ts";
import { usePalette, type Palette } from "./colors.ts";
import { courseOf, type Course } from "./course.ts";

const t = words.conversation;
const COLORS: (keyof Palette)[] = ["caller", "agent", "good", "bad", "tool"];

/** How the strongest expressions of one party went over the call; a click goes to that moment. */
export function Emotions({ messages, seek }: { messages: readonly Message[]; seek: (seconds: number) => void }) {
  const [party, setParty] = useState<"caller" | "agent">("caller");
  const course = useMemo(() => courseOf(messages, party), [messages, party]);
  const palette = usePalette();
  return (
    <div className="pane-body">
      <div className="segments" role="group" aria-label={t.emotions}>
        {(["caller", "agent"] as const).map((name) => (
          <button key={name} type="button" className="button" aria-pressed={party === name} onClick={() => setParty(name)}>
            {words.parties[name]}
          </button>
        ))}
      </div>
      {course.names.length === 0 ? (
        <p className="empty">{t.noEmotions}</p>
      ) : (
        <>
          <Lines course={course} palette={palette} seek={seek} />
          <table className="fields">
            <thead>
              <tr>
                <th scope="col">{t.emotions}</th>
                <th scope="col">{t.first}</th>
                <th scope="col">{t.highest}</th>
                <th scope="col">{t.last}</th>
              </tr>
            </thead>
            <tbody>
              {course.names.map((name, i) => {
                const scores = course.scores[i]!;
                const top = scores.indexOf(Math.max(...scores));
                return (
                  <tr key={name}>
                    <th scope="row">
                      <i className="swatch" ref={(dot) => void (dot && (dot.style.background = palette[COLORS[i]!]))} />
                      {name}
                    </th>
                    <td>{scores[0]!.toFixed(2)}</td>
                    <td>
                      <button type="button" className="at" onClick={() => seek(course.seconds[top]!)}>
                        {scores[top]!.toFixed(2)} {clock(course.seconds[top]!)}
                      </button>
                    </td>
                    <td>{scores.at(-1)!.toFixed(2)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

function Lines({ course, palette, seek }: { course: Course; palette: Palette; seek: (seconds: number) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const axis = { stroke: palette.dim, grid: { stroke: palette.edge, width: 1 }, ticks: { show: false }, font: '11px "Inter Variable"' };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 180,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: false }, y: { range: [0, 1] } },
        axes: [{ ...axis, size: 28, values: (_, ticks) => ticks.map((seconds) => clock(seconds, 0)) }, { ...axis, size: 36 }],
        series: [{}, ...course.names.map((name, i) => ({ label: name, stroke: palette[COLORS[i]!], width: 2, points: { show: true, size: 5 } }))],
      },
      [course.seconds, ...course.scores],
      element,
    );
    plot.over.addEventListener("click", () => {
      const at = course.seconds[plot.cursor.idx ?? -1];
      if (at !== undefined) seek(at);
    });
    return () => plot.destroy();
  }, [course, palette, seek]);
  const told = course.names.map((name, i) => `${name} ${course.scores[i]!.map((score) => score.toFixed(2)).join(" ")}`);
  return <div ref={holder} className="plot" role="img" aria-label={`${t.emotions}: ${told.slice(0, 5).join("; ")}`} />;
}
