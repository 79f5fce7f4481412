import { ticks } from "./scale";
import { useWidth } from "./size";

export interface Line {
  name: string;
  values: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  colour: string;
  dashed?: boolean;
  /** Years whose value is marked, and with what. */
  marks?: { year: number; sign: string }[];
}
interface LinesProps { years: number[]; lines: Line[]; title: string; summary: string; show: (v: number) => string; height?: number; zero?: boolean; at?: number; onYear?: (year: number) => void; quiet?: boolean }

/** Lines over the years with bands; gaps stay gaps. */
export function Lines({ years, lines, title, summary, show, height = 240, zero = false, at, onYear, quiet }: LinesProps) {
  const [ref, width] = useWidth(quiet ? 300 : 720);
  const known = lines.flatMap((l) => [...l.values, ...(l.low ?? []), ...(l.high ?? [])]).filter((v): v is number => v !== null && v !== undefined);
  const named = !quiet && width > 520;
  const [left, right, top, bottom] = [46, named ? 150 : 14, 10, 26];
  let [low, high] = [zero ? 0 : Math.min(...known), Math.max(...known)];
  if (!known.length) [low, high] = [0, 1];
  const pad = (high - low || 1) * 0.06;
  if (!zero) low -= pad;
  high += pad;
  const x = (i: number) => left + (years.length > 1 ? i / (years.length - 1) : 0.5) * (width - left - right);
  const y = (v: number) => top + (1 - (v - low) / (high - low)) * (height - top - bottom);
  const path = (values: (number | null)[]) => {
    let d = "";
    let pen = false;
    values.forEach((v, i) => { if (v === null) pen = false; else { d += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`; pen = true; } });
    return d;
  };
  const band = (l: Line) => {
    const parts: string[] = [];
    let run: number[] = [];
    const close = () => {
      if (run.length > 1) parts.push("M" + run.map((i) => `${x(i).toFixed(1)} ${y(l.high![i]!).toFixed(1)}`).join("L") + "L" + [...run].reverse().map((i) => `${x(i).toFixed(1)} ${y(l.low![i]!).toFixed(1)}`).join("L") + "Z");
      run = [];
    };
    years.forEach((_, i) => { if (l.low![i] !== null && l.high![i] !== null && l.low![i] !== undefined && l.high![i] !== undefined) run.push(i); else close(); });
    close();
    return parts.join("");
  };
  const every = Math.max(1, Math.ceil(years.length / Math.max(2, Math.floor((width - left - right) / 44))));
  // Labels at the right end do not cover one another.
  const ends = lines.map((l) => { const i = l.values.reduce<number>((last, v, k) => (v === null ? last : k), -1); return { l, y: i < 0 ? NaN : y(l.values[i]!) }; }).filter((e) => !Number.isNaN(e.y)).sort((a, b) => a.y - b.y);
  ends.forEach((e, i) => { if (i && e.y < ends[i - 1]!.y + 14) e.y = ends[i - 1]!.y + 14; });
  for (let i = ends.length - 1, floor = height - bottom; i >= 0; i--, floor -= 14) if (ends[i]!.y > floor) ends[i]!.y = floor;
  return (
    <div ref={ref}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. ${summary}`}>
        <title>{title}</title>
        {ticks(low, high, quiet ? 3 : 5).map((t) => <g key={t}><line x1={left} x2={width - right} y1={y(t)} y2={y(t)} class="grid" /><text x={left - 6} y={y(t)} class="t" text-anchor="end" dominant-baseline="central">{show(t)}</text></g>)}
        {years.map((year, i) => ((years.length - 1 - i) % every === 0 ? <text key={year} x={x(i)} y={height - 8} class="t" text-anchor="middle">{year}</text> : null))}
        {at !== undefined && years.includes(at) ? <line x1={x(years.indexOf(at))} x2={x(years.indexOf(at))} y1={top} y2={height - bottom} class="now" /> : null}
        {lines.map((l) => (l.low && l.high ? <path key={l.name + "b"} d={band(l)} fill={l.colour} class="band" /> : null))}
        {lines.map((l) => <path key={l.name} d={path(l.values)} stroke={l.colour} class={"line" + (l.dashed ? " dashed" : "")} />)}
        {lines.map((l) => l.values.map((v, i) => (v !== null && (l.values[i - 1] ?? null) === null && (l.values[i + 1] ?? null) === null ? <circle key={i} cx={x(i)} cy={y(v)} r="2.5" fill={l.colour} /> : null)))}
        {lines.map((l) => l.marks?.map((m) => { const i = years.indexOf(m.year); const v = l.values[i]; return v === null || v === undefined ? null : <text key={m.year} x={x(i)} y={y(v) - 6} class="t" text-anchor="middle">{m.sign}</text>; }))}
        {named ? ends.map((e) => <text key={e.l.name} x={width - right + 8} y={e.y} class="t name" dominant-baseline="central">{e.l.name}</text>) : null}
        {named ? ends.map((e) => <line key={e.l.name + "t"} x1={width - right + 1} x2={width - right + 6} y1={e.y} y2={e.y} stroke={e.l.colour} stroke-width="3" />) : null}
        {onYear ? years.map((year, i) => <rect key={year} x={x(i) - 12} y={top} width="24" height={height - top - bottom} class="hit" onClick={() => onYear(year)}><title>{`${year}: ${lines.map((l) => `${l.name} ${l.values[i] === null || l.values[i] === undefined ? "–" : show(l.values[i]!)}`).join(", ")}`}</title></rect>) : null}
      </svg>
      {!named ? <p class="names">{lines.map((l) => <span key={l.name} class="key"><svg width="18" height="8" aria-hidden="true"><line x1="0" x2="18" y1="4" y2="4" stroke={l.colour} stroke-width="3" stroke-dasharray={l.dashed ? "4 3" : undefined} /></svg>{l.name}</span>)}</p> : null}
    </div>
  );
}
