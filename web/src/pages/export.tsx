import { addressed } from "../api/client.ts";
import { Menu } from "../components/menu.tsx";
import { words } from "../words.ts";

const t = words.list;

/** Conversations as files for other programs: those of a list's question, or those that are named. */
export function Export({ query }: { query: string }) {
  return (
    <Menu label={t.export}>
      {Object.entries(t.formats).map(([format, name]) => (
        <a key={format} href={addressed(`/api/v1/export?format=${format}${query && `&${query}`}`)} download>
          {name}
        </a>
      ))}
    </Menu>
  );
}
