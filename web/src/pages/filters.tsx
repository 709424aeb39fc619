import { useEffect, useRef, useState } from "react";
import { askedQuery, FILTERS, withFilter, type Filter, type ListQuery } from "../api/query.ts";
import { Icon } from "../components/icon.tsx";
import { words } from "../words.ts";
import { Export } from "./export.tsx";

const t = words.list;
const PROVIDERS = ["openai", "elevenlabs", "hume", "twilio", "audiocodes", "generic"];
const STATUSES = ["active", "complete", "partial", "failed"];
const SORTS = Object.keys(t.sorts) as (keyof typeof t.sorts)[];

export const VIEWS: { name: keyof typeof t.views; query: ListQuery }[] = [
  { name: "all", query: { filters: {}, sort: "newest" } },
  { name: "running", query: { filters: { status: "active" }, sort: "newest" } },
  { name: "look", query: { filters: { max_health: "89" }, sort: "newest" } },
  { name: "slow", query: { filters: { since: "7d" }, sort: "slowest" } },
  { name: "interrupted", query: { filters: { since: "7d" }, sort: "most_interruptions" } },
];

interface Props {
  query: ListQuery;
  onChange: (query: ListQuery) => void;
}

export function Filters({ query, onChange }: Props) {
  const [text, setText] = useState(query.filters.q ?? "");
  const typed = useRef(text);
  useEffect(() => {
    const q = query.filters.q ?? "";
    if (q !== typed.current) setText(q);
    typed.current = q;
  }, [query.filters.q]);

  const search = (value: string) => {
    typed.current = value;
    onChange(withFilter(query, "q", value));
  };
  const active = FILTERS.filter((name) => name !== "q" && query.filters[name]);

  return (
    <div className="filters">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
        }}
      >
        <Icon name="search" />
        <label className="sr" htmlFor="search">
          {t.search}
        </label>
        <input
          id="search"
          type="search"
          placeholder={t.searchHint}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (!event.target.value) search("");
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
      {active.map((name) => (
        <button key={name} type="button" className="chip" onClick={() => onChange(withFilter(query, name, ""))}>
          <span>{t.filters[name]}</span> <b>{query.filters[name]}</b>
          <Icon name="close" size={12} />
          <span className="sr">{t.remove}</span>
        </button>
      ))}
      <AddFilter query={query} onChange={onChange} />
      <span className="spacer" />
      <Export query={askedQuery(query)} />
      <label className="sort">
        <span>{t.sort}</span>
        <select value={query.sort} onChange={(event) => onChange({ ...query, sort: event.target.value })}>
          {SORTS.map((name) => (
            <option key={name} value={name}>
              {t.sorts[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function AddFilter({ query, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    window.addEventListener("pointerdown", onDown);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("pointerdown", onDown);
      window.removeEventListener("keydown", onKey);
    };
  }, [isOpen]);
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    let next = query;
    for (const name of FILTERS) {
      const value = data.get(name);
      if (typeof value === "string") next = withFilter(next, name, value);
    }
    onChange(next);
    setOpen(false);
  };
  return (
    <div className="add-filter" ref={box}>
      <button type="button" className="chip add" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="plus" size={12} /> {t.addFilter}
      </button>
      {isOpen && (
        <form className="popover" onSubmit={submit} aria-label={t.addFilter}>
          <Choice name="provider" options={PROVIDERS} query={query} />
          <Choice name="status" options={STATUSES} query={query} />
          <Choice name="since" options={["1h", "24h", "7d", "30d"]} query={query} />
          {(["label", "subject", "outcome", "route", "agent", "health_reason"] as const).map((name) => (
            <Field key={name} name={name} query={query} />
          ))}
          {(["min_messages", "min_duration", "max_duration", "min_health", "max_health", "min_sentiment", "max_sentiment"] as const).map((name) => (
            <Field key={name} name={name} query={query} type="number" />
          ))}
          <button type="submit" className="button primary">
            {t.apply}
          </button>
        </form>
      )}
    </div>
  );
}

function Choice({ name, options, query }: { name: Filter; options: string[]; query: ListQuery }) {
  return (
    <label>
      <span>{t.filters[name]}</span>
      <select name={name} defaultValue={query.filters[name] ?? ""}>
        <option value="">{t.any}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

function Field({ name, query, type = "text" }: { name: Filter; query: ListQuery; type?: string }) {
  return (
    <label>
      <span>{t.filters[name]}</span>
      <input name={name} type={type} min={0} defaultValue={query.filters[name] ?? ""} />
    </label>
  );
}
