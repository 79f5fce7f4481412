import { amount, percent } from "../format";
import { KINDS } from "./scale";
import { fitted, useWidth } from "./size";

export interface Flow { from: string; to: string; value: number }
interface FlowsProps {
  flows: Flow[];
  unit: string;
  title: string;
  named: (code: string) => string;
  /** Whose flows are lit. */
  of: string;
  onPick: (code: string) => void;
  /** Suppliers that reach `of` through others only: with no flow of their own. */
  through: { supplier: string; contribution: number }[];
  left: string;
  right: string;
}
const SUPPLIERS = 8;
const IMPORTERS = 10;
/** Of the country that is chosen: partners on each side, and suppliers that reach it through others. */
const PARTNERS = 4;
const REACHING = 5;
export const OTHERS = "others";

/** The largest on each side by name, and those of `also`; the rest as one node with its count: totals are right. */
export function grouped(flows: Flow[], keep = [SUPPLIERS, IMPORTERS], also: [string[], string[]] = [[], []]) {
  const sums = (side: "from" | "to") => {
    const of = new Map<string, number>();
    for (const f of flows) of.set(f[side], (of.get(f[side]) ?? 0) + f.value);
    return [...of].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  };
  const [from, to] = [sums("from"), sums("to")];
  const top = (list: [string, number][], n: number, also: string[]) => {
    const kept = new Set((list.length <= n + 1 ? list : list.slice(0, n)).map(([c]) => c));
    list.forEach(([c]) => { if (also.includes(c)) kept.add(c); });
    return kept;
  };
  const [fromTop, toTop] = [top(from, keep[0]!, also[0]), top(to, keep[1]!, also[1])];
  const cells = new Map<string, Flow>();
  for (const f of flows) {
    const [a, b] = [fromTop.has(f.from) ? f.from : OTHERS, toTop.has(f.to) ? f.to : OTHERS];
    const cell = cells.get(`${a}>${b}`);
    if (cell) cell.value += f.value; else cells.set(`${a}>${b}`, { from: a, to: b, value: f.value });
  }
  const side = (list: [string, number][], kept: Set<string>) => {
    const rest = list.filter(([c]) => !kept.has(c));
    return [...list.filter(([c]) => kept.has(c)), ...(rest.length ? [[OTHERS, rest.reduce((s, [, v]) => s + v, 0)] as [string, number]] : [])];
  };
  return { from: side(from, fromTop), to: side(to, toTop), cells: [...cells.values()], others: [from.length - fromTop.size, to.length - toTop.size], total: flows.reduce((s, f) => s + f.value, 0) };
}

/** A country, whom it trades with most, and who reaches it through others: they are drawn by name however little they trade. */
export function around(flows: Flow[], of: string, through: { supplier: string }[]): [string[], string[]] {
  if (!of) return [[], []];
  const most = (list: Flow[]) => [...list].sort((a, b) => b.value - a.value).slice(0, PARTNERS);
  const [bought, sold] = [most(flows.filter((f) => f.to === of)), most(flows.filter((f) => f.from === of))];
  return [[of, ...bought.map((f) => f.from), ...through.slice(0, REACHING).map((t) => t.supplier)], [of, ...sold.map((f) => f.to)]];
}

/** Who sells to whom. On a narrow page two lists of bars. */
export function Flows({ flows, unit, title, named, of, onPick, through, left, right }: FlowsProps) {
  const [ref, width] = useWidth();
  const g = grouped(flows, undefined, around(flows, of, through));
  const name = (code: string, side: 0 | 1) => (code === OTHERS ? `${g.others[side]} others` : named(code));
  const colour = new Map(g.from.map(([c], i) => [c, c === OTHERS ? "#888888" : KINDS[i % KINDS.length]!]));
  if (width < 560) {
    return (
      <div ref={ref} class="two-lists">
        {([[left, g.from, 0], [right, g.to, 1]] as const).map(([label, list, side]) => (
          <div key={label}>
            <h4>{label}</h4>
            <ul class="barlist">
              {list.map(([c, v]) => (
                <li key={c}>
                  <button type="button" disabled={c === OTHERS} onClick={() => onPick(c)} class={c === of ? "on" : ""}>{name(c, side)}</button>
                  <svg width="100%" height="8" aria-hidden="true"><rect width={`${(v / g.total) * 100}%`} height="8" fill={side === 0 ? colour.get(c) : "#888888"} /></svg>
                  <span>{percent(v / g.total)}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    );
  }
  const gap = 7;
  const rows = Math.max(g.from.length, g.to.length);
  const height = Math.max(300, rows * 34);
  const label = Math.min(190, width * 0.22);
  const [x0, x1] = [label, width - label];
  // Every node has room for its name; what is left is shared by value.
  const name_h = 15;
  const needed = (list: [string, number][], k: number) => list.reduce((s, [, v]) => s + Math.max(name_h, v * k) + gap, -gap);
  let [k, most] = [0, (height - 30) / g.total];
  for (let i = 0; i < 40; i++) {
    const middle = (k + most) / 2;
    if (needed(g.from, middle) <= height - 30 && needed(g.to, middle) <= height - 30) k = middle; else most = middle;
  }
  const place = (list: [string, number][]) => {
    const space = list.length > 1 ? gap + (height - 30 - needed(list, k)) / (list.length - 1) : 0;
    let y = 26;
    return new Map(list.map(([c, v]) => { const room = Math.max(name_h, v * k); const top = y + (room - v * k) / 2; y += room + space; return [c, { top, h: Math.max(1, v * k), next: top }] as [string, { top: number; h: number; next: number }]; }));
  };
  const [a, b] = [place(g.from), place(g.to)];
  const rank = (list: [string, number][]) => new Map(list.map(([c], i) => [c, i]));
  const [ra, rb] = [rank(g.from), rank(g.to)];
  const drawn = [...g.cells].sort((p, q) => ra.get(p.from)! - ra.get(q.from)! || rb.get(p.to)! - rb.get(q.to)!).map((f) => {
    const p = a.get(f.from)!;
    const h = f.value * k;
    const y = p.next + h / 2;
    p.next += h;
    return { ...f, h, y0: y, y1: 0 };
  });
  [...drawn].sort((p, q) => rb.get(p.to)! - rb.get(q.to)! || ra.get(p.from)! - ra.get(q.from)!).forEach((f) => { const q = b.get(f.to)!; f.y1 = q.next + f.h / 2; q.next += f.h; });
  const lit = (f: Flow) => !of || f.from === of || f.to === of;
  const mid = (x0 + x1) / 2;
  const end = b.get(of);
  return (
    <div ref={ref}>
      <svg width={width} height={height + 6} viewBox={`0 0 ${width} ${height + 6}`} role="group" aria-label={`${title}. From ${left.toLowerCase()} to ${right.toLowerCase()}.`} class="flows">
        <title>{title}</title>
        <text x={x0 - 8} y="12" class="t head" text-anchor="end">{left}</text>
        <text x={x1 + 8} y="12" class="t head">{right}</text>
        {drawn.map((f) => (
          <path key={f.from + f.to} d={`M${x0 + 10} ${f.y0}C${mid} ${f.y0} ${mid} ${f.y1} ${x1 - 10} ${f.y1}`} stroke={colour.get(f.from)} stroke-width={Math.max(of && lit(f) ? 2 : 0.6, f.h)} class={"flow" + (lit(f) ? "" : " dim")}>
            <title>{`${name(f.from, 0)} to ${name(f.to, 1)}: ${amount(f.value, unit)}, ${percent(f.value / g.total)} of all`}</title>
          </path>
        ))}
        {end ? through.filter((t) => a.has(t.supplier)).slice(0, REACHING).map((t) => {
          const p = a.get(t.supplier)!;
          return <path key={"t" + t.supplier} d={`M${x0 + 10} ${p.top + p.h / 2}C${mid} ${p.top + p.h / 2 - 30} ${mid} ${end.top - 30} ${x1 - 10} ${end.top + end.h / 2}`} class="through"><title>{`${named(t.supplier)} sells nothing to ${named(of)} itself, and reaches it through others`}</title></path>;
        }) : null}
        {([[g.from, a, x0, 0], [g.to, b, x1 - 10, 1]] as const).map(([list, places, x, side]) => list.map(([c, v]) => {
          const p = places.get(c)!;
          const drawn = fitted(name(c, side), label - 46);
          const text = `${drawn} ${percent(v / g.total)}${drawn === name(c, side) ? "" : `, ${name(c, side)}`}`;
          return (
            <g key={side + c} class={"node" + (c === of ? " on" : "")} {...(c === OTHERS ? {} : { role: "button", tabIndex: 0, "aria-label": `${text}. Light its flows.`, onClick: () => onPick(c === of ? "" : c), onKeyDown: (e: KeyboardEvent) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); onPick(c === of ? "" : c); } } })}>
              <rect x={x} y={p.top} width="10" height={p.h} fill={side === 0 ? colour.get(c) : "currentColor"} />
              <text x={side === 0 ? x - 7 : x + 17} y={p.top + p.h / 2} class="t" text-anchor={side === 0 ? "end" : "start"} dominant-baseline="central">{drawn} <tspan class="weak">{percent(v / g.total)}</tspan></text>
            </g>
          );
        }))}
      </svg>
    </div>
  );
}
