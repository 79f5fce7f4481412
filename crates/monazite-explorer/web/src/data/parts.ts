// What explorer.json does not hold: read when a view needs it, and kept.
import { useEffect, useState } from "preact/hooks";
import type { ChainFile, EvidenceFile, Explorer, FindingsFile, IndicesFile, ProductYearsFile } from "../contract";
import type { Reading } from "./tables";

export type Part = keyof Explorer["parts"];
/** A run with the parts that were read; those that were not are empty. */
export type Known = Omit<Explorer, "chain"> & ProductYearsFile & FindingsFile & ChainFile & EvidenceFile & IndicesFile;

/** What a part brings. */
const BRINGS: Record<Part, (keyof Known)[]> = { product_years: ["product_years"], findings: ["findings"], chain: ["chain"], evidence: ["manifest", "options", "trickles"], indices: ["beside", "absent"] };
/** By run: the parts that are there, and those that are being read. */
const there = new WeakMap<Known, Set<Part>>();
const underWay = new WeakMap<Known, Map<Part, Promise<void>>>();

const UNREAD = { reason: null, votes: null, z: null, p: null, q: null, source: null };
/** A name whose right-to-left marks end with it: what stands behind it keeps its direction. */
export const isolated = (name: string): string => (/[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/.test(name) ? `\u2068${name}\u2069` : name);

/** A run of which no part was read. */
export const known = (ex: Explorer): Known =>
  ({ ...ex, study: { ...ex.study, name: isolated(ex.study.name), question: isolated(ex.study.question) },
    countries: ex.countries.map((c) => ({ ...c, name: isolated(c.name) })), products: ex.products.map((p) => ({ ...p, text: isolated(p.text), label: isolated(p.label) })), chain: ex.chain && { ...ex.chain, links: ex.chain.links.map((l) => ({ ...l, ...UNREAD })) }, product_years: {}, manifest: {}, options: [], trickles: { product: [], year: [], supplier: [], export_share: [], str: [], str_without: [] }, beside: null, absent: "" });

async function read(ex: Known, part: Part): Promise<void> {
  const got = await fetch(ex.parts[part]);
  if (!got.ok) throw new Error(`the server answers ${got.status}`);
  const found = (await got.json()) as Partial<Known>;
  for (const key of BRINGS[part]) if (found[key] === undefined) throw new Error(`${key} is not in it: make the export again`);
  Object.assign(ex, found);
  (there.get(ex) ?? there.set(ex, new Set()).get(ex)!).add(part);
}

/** Reads a part once, however many ask. */
function readOnce(ex: Known, part: Part): Promise<void> {
  const now = underWay.get(ex) ?? underWay.set(ex, new Map()).get(ex)!;
  let found = now.get(part);
  if (!found) {
    found = read(ex, part).finally(() => now.delete(part));
    now.set(part, found);
  }
  return found;
}

/** Reads parts for a view; done once all are there. */
export function useParts(ex: Known | null, parts: Part[]): Reading {
  const missing = ex ? parts.filter((part) => !there.get(ex)?.has(part)) : [];
  const [failed, fail] = useState<{ file: string; why: string } | null>(null);
  const [tries, again] = useState(0);
  const [, show] = useState(0);
  const key = missing.join();
  useEffect(() => {
    let live = true;
    if (ex) for (const part of missing) {
      readOnce(ex, part).then(
        () => live && show((n) => n + 1),
        (error: Error) => live && fail({ file: ex.parts[part], why: error.message }),
      );
    }
    return () => { live = false; };
  }, [ex, key, tries]);
  if (!missing.length) return { state: "done", rows: [] };
  return failed ? { state: "failed", ...failed, retry: () => { fail(null); again((n) => n + 1); } } : { state: "reading" };
}
