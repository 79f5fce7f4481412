// Tables for the views: asked of the worker, kept while they are of use.
import { useEffect, useState } from "preact/hooks";
import type { Explorer } from "../contract";
import { toRows, type Row } from "./columns";
import type { Answer, Ask } from "./worker";

export type { Row };
export type Reading = { state: "reading" } | { state: "failed"; file: string; why: string; retry: () => void } | { state: "done"; rows: Row[] };

let worker: Worker | null = null;
let next = 0;
const waiting = new Map<number, (answer: Answer) => void>();
const kept = new Map<string, Promise<Row[]>>();

function post(ask: Omit<Ask, "id">): Promise<Row[]> {
  worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = (event: MessageEvent<Answer>) => {
    const answer = event.data;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, (answer) => ("packed" in answer ? resolve(toRows(answer.packed)) : reject(new Error(answer.error))));
    worker!.postMessage({ ...ask, id });
  });
}

/** Bytes of a file of the run, from its manifest; null if it is not listed. */
export function bytesOf(ex: Explorer, name: string): number | null {
  return name === "by_country.parquet" ? ex.by_country_bytes : ex.files[name] ?? null;
}

export function has(ex: Explorer, name: string): boolean {
  return bytesOf(ex, name) !== null;
}

/** Rows of a file of the run, those with certain values in its key columns only. */
export function readTable(ex: Explorer, name: string, where: Record<string, string | number> | null = null, columns: string[] | null = null): Promise<Row[]> {
  const url = new URL(`${ex.dir}/${name}`, document.baseURI).href;
  const key = JSON.stringify([url, where, columns]);
  let found = kept.get(key);
  if (!found) {
    found = post({ url, bytes: bytesOf(ex, name), where, columns });
    kept.set(key, found);
    if (kept.size > 24) kept.delete(kept.keys().next().value!);
    found.catch(() => kept.delete(key));
  }
  return found;
}

/** The same for a view; null as `name` asks for nothing. */
export function useTable(ex: Explorer, name: string | null, where: Record<string, string | number> | null = null, columns: string[] | null = null): Reading {
  const [reading, set] = useState<Reading & { key?: string }>({ state: "reading" });
  const [tries, again] = useState(0);
  const key = JSON.stringify([ex.dir, name, where, columns]);
  useEffect(() => {
    let live = true;
    if (name === null) { set({ state: "done", rows: [], key }); return; }
    readTable(ex, name, where, columns).then(
      (rows) => live && set({ state: "done", rows, key }),
      (error: Error) => live && set({ state: "failed", file: name, why: error.message, retry: () => { set({ state: "reading" }); again((n) => n + 1); }, key }),
    );
    return () => { live = false; };
  }, [key, tries]);
  // Rows of what was shown before are not rows of what is asked now.
  return reading.key === key ? reading : { state: "reading" };
}

/** One of several: the first that is not done, else done with no rows. */
export function all(...readings: Reading[]): Reading {
  return readings.find((r) => r.state === "failed") ?? readings.find((r) => r.state === "reading") ?? { state: "done", rows: [] };
}
export const rowsOf = (reading: Reading): Row[] => (reading.state === "done" ? reading.rows : []);
export const numberOf = (row: Row | undefined | null, column: string): number | null => {
  const v = row?.[column];
  if (typeof v === "number") return Number.isFinite(v) ? v : null;
  if (typeof v === "bigint") return Number(v);
  if (typeof v === "string" && v !== "") return Number.isFinite(Number(v)) ? Number(v) : null;
  return null;
};
export const textOf = (row: Row, column: string): string => (row[column] === null || row[column] === undefined ? "" : String(row[column]));
