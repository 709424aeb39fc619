/** Line icons, drawn here: 16 units wide, as thick as the text beside them. */

const PATHS = {
  play: "M5 3.2v9.6L12.8 8z",
  pause: "M5 3.5v9M11 3.5v9",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  fit: "M2.5 4v8M13.5 4v8M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2",
  back: "M10 3.5 5.5 8l4.5 4.5",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
  tool: "M9.5 2.8a3.2 3.2 0 0 0-3 4.3L2.6 11a1.4 1.4 0 0 0 2 2l3.9-3.9a3.2 3.2 0 0 0 4.3-3.9L10.8 7 9 5.2l2-2a3.2 3.2 0 0 0-1.5-.4z",
  cut: "M8 2.5v11M4 5.5l2.5 2.5L4 10.5M12 5.5 9.5 8l2.5 2.5",
  gap: "M3 3.5v9M13 3.5v9M5.5 8h1M7.6 8h1M9.7 8h1",
  digit: "M3.5 3.5h.1M8 3.5h.1M12.5 3.5h.1M3.5 8h.1M8 8h.1M12.5 8h.1M8 12.5h.1",
  flag: "M4 14V2.5h8L10 5.5l2 3H4",
  download: "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
  list: "M2.5 4h11M2.5 8h11M2.5 12h7",
  live: "M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM4.9 11.1a4.4 4.4 0 0 1 0-6.2M11.1 4.9a4.4 4.4 0 0 1 0 6.2M2.8 13.2a7.4 7.4 0 0 1 0-10.4M13.2 2.8a7.4 7.4 0 0 1 0 10.4",
  chart: "M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5 6.3 12 13 4.5",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 4l4 4-4 4",
  out: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  warn: "M8 2.2 14.4 13.4H1.6zM8 6.5v3M8 11.4v.2",
  ear: "M5 6.2a3.2 3.2 0 1 1 6.2 1.1C10.6 8.7 9 9 9 10.8a2.2 2.2 0 0 1-4 1.2M7 6.4a1.2 1.2 0 1 1 2 .9",
  star: "M8 2.3l1.8 3.6 4 .6-2.9 2.8.7 4L8 11.4l-3.6 1.9.7-4L2.2 6.5l4-.6z",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9",
  lock: "M4 7.5h8v6H4zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const isFilled = name === "play";
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={isFilled ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
