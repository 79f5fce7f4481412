// Reads the run's own tables, away from the page's thread.
import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type FileMetaData } from "hyparquet";
import { decompress } from "fzstd";
import { toColumns, type Columns } from "./columns";
import { parseCsv } from "./csv";

export interface Ask { id: number; url: string; bytes: number | null; where: Record<string, string | number> | null; columns: string[] | null }
export type Answer = { id: number; packed: Columns } | { id: number; error: string };

interface Open { file: AsyncBuffer; metadata: FileMetaData }
const opened = new Map<string, Promise<Open>>();

/** Why the server refuses: the engine's own words, if it gives any. */
async function refused(got: Response): Promise<string> {
  const said = await got.json().then((of: { error?: unknown }) => of.error, () => null);
  return typeof said === "string" ? said : `the server answers ${got.status}`;
}

/** A file by ranges; a server that does not know ranges sends all of it, once. */
async function buffer(url: string, bytes: number | null): Promise<AsyncBuffer> {
  let whole: ArrayBuffer | null = null;
  let size = bytes;
  if (size === null) {
    const head = await fetch(url, { method: "HEAD" });
    if (!head.ok) throw new Error(`the server answers ${head.status}`);
    const length = head.headers.get("content-length");
    if (length === null) whole = await (await fetch(url)).arrayBuffer();
    size = length === null ? whole!.byteLength : Number(length);
  }
  const byteLength = size;
  return {
    byteLength,
    async slice(start: number, end?: number) {
      const stop = end ?? byteLength;
      if (whole) return whole.slice(start, stop);
      const got = await fetch(url, { headers: { Range: `bytes=${start}-${stop - 1}` } });
      if (!got.ok) throw new Error(await refused(got));
      const body = await got.arrayBuffer();
      if (got.status === 206) return body;
      if (body.byteLength !== byteLength) throw new Error(`it has ${body.byteLength} bytes, not ${byteLength}: changed since the run`);
      whole = body;
      return body.slice(start, stop);
    },
  };
}

async function open(url: string, bytes: number | null): Promise<Open> {
  const file = await buffer(url, bytes);
  // A footer has some 100 kB with a row group a product: one request instead of two.
  return { file, metadata: await parquetMetadataAsync(file, { initialFetchSize: 1 << 17 }) };
}

async function answer(ask: Ask): Promise<Record<string, unknown>[]> {
  if (!ask.url.endsWith(".parquet")) {
    const got = await fetch(ask.url);
    if (!got.ok) throw new Error(await refused(got));
    return parseCsv(await got.text());
  }
  let found = opened.get(ask.url);
  if (!found) opened.set(ask.url, (found = open(ask.url, ask.bytes)));
  let table: Open;
  try { table = await found; } catch (e) { opened.delete(ask.url); throw e; }
  const filter = ask.where ? Object.fromEntries(Object.entries(ask.where).map(([k, v]) => [k, { $eq: v }])) : undefined;
  return await parquetReadObjects({
    ...table,
    ...(ask.columns ? { columns: ask.columns } : {}),
    ...(filter ? { filter } : {}),
    compressors: { ZSTD: (input: Uint8Array) => decompress(input) },
  } as Parameters<typeof parquetReadObjects>[0]);
}

self.onmessage = (event: MessageEvent<Ask>) => {
  const { id } = event.data;
  answer(event.data).then(
    (rows) => { const { packed, handed } = toColumns(rows); self.postMessage({ id, packed } satisfies Answer, { transfer: handed }); },
    (error: unknown) => self.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answer),
  );
};
