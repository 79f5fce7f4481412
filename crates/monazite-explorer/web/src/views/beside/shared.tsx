// What all views of two runs share: values of both, their difference, and a map of it.
import type { ComponentChildren } from "preact";
import type { Num } from "../../contract";
import { WorldMap } from "../../charts/map";
import { linear } from "../../charts/scale";
import { inCsv, type Value } from "../../data/unknown";
import { Frame } from "../../frame";
import { signed } from "../../format";
import type { Pair } from "../../pair";
import { useApp } from "../../state";
import type { Col } from "../../table";

export type Two = [Num, Num];
export const difference = ([a, b]: Two): Num => (a === null || b === null ? null : b - a);
export const known = (v: Value): Num => (v.kind === "known" ? v.value : null);

/** Three columns: A, B, and B less A. */
export function columnsOf<R>(key: string, label: string, of: (row: R) => Two, show: (v: number) => string, change: (v: number) => string = signed, cells?: (row: R) => [ComponentChildren, ComponentChildren]): Col<R>[] {
  const cell = (v: Num, how: (v: number) => string) => (v === null ? "–" : how(v));
  return [
    { key: `${key}_a`, label: `${label}, A`, value: (r) => of(r)[0], show: (r) => (cells ? cells(r)[0] : cell(of(r)[0], show)) },
    { key: `${key}_b`, label: `${label}, B`, value: (r) => of(r)[1], show: (r) => (cells ? cells(r)[1] : cell(of(r)[1], show)) },
    { key: `${key}_d`, label: "B − A", value: (r) => difference(of(r)), show: (r) => cell(difference(of(r)), change) },
  ];
}

/** "Norway 70 %", or "Norway 70 % → USA 55 %" where B says something else. */
export const moved = (a: string, b: string): string => (a === b ? a : `${a} → ${b}`);

/** B less A, country by country. */
export function DifferenceMap({ pair, title, a, b, label, name, show = signed, controls, info }: { pair: Pair; title: string; a: (code: string) => Value; b: (code: string) => Value; label: string; name: string; show?: (v: number) => string; controls?: ComponentChildren; info?: string[] }) {
  const app = useApp();
  const value = (code: string): Value => {
    if (!app.country(code) || !pair.hasCountry(code)) return { kind: "absent", why: "not in both runs" };
    const [x, y] = [a(code), b(code)];
    if (x.kind === "known" && y.kind === "known") return { kind: "known", value: y.value - x.value };
    const lacking = x.kind === "known" ? y : x;
    return { ...lacking, why: `${lacking.kind === "known" ? "" : lacking.why} in ${x.kind === "known" ? "B" : y.kind === "known" ? "A" : "A and B"}` } as Value;
  };
  const rows = app.ex.countries.filter((c) => c.kind !== "mean" && pair.hasCountry(c.code)).map((c) => ({ code: c.code, a: a(c.code), b: b(c.code), d: value(c.code) }));
  const far = Math.max(0, ...rows.map((r) => Math.abs(known(r.d) ?? 0)));
  const differ = rows.filter((r) => r.d.kind === "known").length;
  return (
    <Frame title={title} name={title} controls={controls} info={info}
      sheet={{ name, title, columns: [{ key: "country", label: "Country" }, { key: "a", label: "A", definition: label }, { key: "b", label: "B", definition: label }, { key: "difference", label: "B − A" }], rows: rows.map((r) => ({ country: r.code, a: inCsv(r.a), b: inCsv(r.b), difference: known(r.d) })) }}>
      {differ && far < 1e-9 ? <p>It is the same in both runs, in all {differ} countries that have a value.</p> : differ ? <WorldMap title={title} summary={`${differ} countries have a value in both runs.`} value={value} scale={linear(-far, far)} show={show} label={`B − A: ${label}`} isDifference onOpen={(c) => { location.hash = app.link("country", [c]); }}
        also={(c) => `A ${inCsv(a(c))}, B ${inCsv(b(c))}`.replace(/\d+\.\d+/g, (n) => Number(n).toFixed(2))} /> : <p class="empty">No country has a value in both runs.</p>}
    </Frame>
  );
}
