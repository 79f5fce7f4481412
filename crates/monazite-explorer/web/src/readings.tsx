// STR has two readings. Both are shown wherever STR is; the mass-balanced one sorts and colours.
import { fixed } from "./format";
import type { Row } from "./data/tables";
import { numberOf } from "./data/tables";
import { valueOf } from "./data/unknown";
import { useApp } from "./state";

export type ReadingName = "str_mass_balance" | "str";
export const READING_LABEL: Record<ReadingName, string> = { str_mass_balance: "mass-balanced", str: "paper's reading" };
export const MASS_COLOUR = "#0072b2";
export const PAPER_COLOUR = "#d55e00";

export const readingOf = (params: Record<string, string>): ReadingName => (params.reading === "str" ? "str" : "str_mass_balance");

/** Which reading colours follow. */
export function ReadingSwitch() {
  const app = useApp();
  const now = readingOf(app.route.params);
  return (
    <fieldset class="choice">
      <legend>Colours follow</legend>
      {(["str_mass_balance", "str"] as const).map((r) => (
        <label key={r}><input type="radio" name="reading" checked={now === r} onChange={() => app.set({ reading: r })} />{READING_LABEL[r]}</label>
      ))}
    </fieldset>
  );
}

/** "1.86 [1.77, 1.95]": a number with its band, if there is one. */
export function banded(value: number | null | undefined, low?: number | null, high?: number | null): string {
  if (value === null || value === undefined) return "–";
  return fixed(value) + (low !== null && low !== undefined && high !== null && high !== undefined ? ` [${fixed(low)}, ${fixed(high)}]` : "");
}
export const bandedOf = (row: Row | undefined, reading: ReadingName): string =>
  banded(numberOf(row, reading), numberOf(row, `${reading}_p05`), numberOf(row, `${reading}_p95`));

/** STR − 1 in its direct and indirect part, as a bar; a diamond marks the other reading. */
export function RiskBar({ direct, indirect, other, top }: { direct: number | null; indirect: number | null; other: number | null; top: number }) {
  if (direct === null || indirect === null) return <span class="weak">–</span>;
  const w = 110;
  const x = (v: number) => Math.min(1, Math.max(0, v / (top || 1))) * (w - 8);
  const words = `direct ${fixed(direct)}, indirect ${fixed(indirect)}`;
  return (
    <svg width={w} height="14" viewBox={`0 0 ${w} 14`} role="img" aria-label={words}>
      <title>{words}</title>
      <rect x="0" y="3" width={x(direct)} height="8" class="direct" />
      <rect x={x(direct)} y="3" width={Math.max(0, x(direct + indirect) - x(direct))} height="8" class="indirect" />
      {other !== null ? <path d={`M${x(other - 1)} 3l4 4l-4 4l-4-4z`} class="diamond" /> : null}
    </svg>
  );
}

/** A line over the years, small. */
export function Spark({ values, label }: { values: (number | null)[]; label: string }) {
  const known = values.filter((v): v is number => v !== null);
  if (known.length < 2) return <span class="weak">–</span>;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [w, h] = [72, 18];
  let pen = false;
  let d = "";
  values.forEach((v, i) => {
    if (v === null) { pen = false; return; }
    d += `${pen ? "L" : "M"}${((i / (values.length - 1)) * (w - 4) + 2).toFixed(1)} ${(h - 3 - (high > low ? (v - low) / (high - low) : 0.5) * (h - 6)).toFixed(1)}`;
    pen = true;
  });
  return <svg width={w} height={h} viewBox={`0 0 ${w} ${h}`} role="img" aria-label={`${label}: ${fixed(known[0]!)} to ${fixed(known[known.length - 1]!)}`}><path d={d} class="line ink" /></svg>;
}

/** A number with its band below it, where columns are many. */
export function Banded({ row, reading }: { row: Row | undefined; reading: ReadingName }) {
  const [number, ...band] = bandedOf(row, reading).split(" [");
  return <>{number}{band.length ? <small class="band-below">[{band.join("")}</small> : null}</>;
}

/** STR with its band, or why there is none. */
export function Str({ row, reading }: { row: Row; reading: ReadingName }) {
  const v = valueOf(row, reading, true);
  return v.kind === "known" ? <>{bandedOf(row, reading)}</> : <span class={v.kind} title={v.why}>–<span class="sr"> {v.why}</span></span>;
}
