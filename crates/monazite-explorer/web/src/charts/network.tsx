import { useMemo, useRef, useState } from "preact/hooks";
import type { Chain } from "../contract";
import { useApp } from "../state";
import { fitted, roving, useWidth } from "./size";

/** Everything up- and downstream of a product, over kept links. */
export function reach(chain: Chain, product: string): { up: Set<string>; down: Set<string> } {
  const walk = (from: "input" | "output", to: "input" | "output") => {
    const seen = new Set<string>();
    const todo = [product];
    while (todo.length) {
      const at = todo.pop()!;
      for (const l of chain.links) if (l.kept && l[from] === at && !seen.has(l[to]) && l[to] !== product) { seen.add(l[to]); todo.push(l[to]); }
    }
    return seen;
  };
  return { up: walk("output", "input"), down: walk("input", "output") };
}

interface NetworkProps { chain: Chain; title: string; focus: string; colour: (product: string) => { fill: string; words: string }; onFocus: (product: string) => void; dropped: boolean; small?: boolean }

/** The chain: what everything is made of on top. On a narrow page a list by tier. */
export function Network({ chain, title, focus, colour, onFocus, dropped, small: little = false }: NetworkProps) {
  const app = useApp();
  const [ref, width] = useWidth();
  const svg = useRef<SVGSVGElement>(null);
  const lit = useMemo(() => (focus ? reach(chain, focus) : null), [chain, focus]);
  const on = (p: string) => !lit || p === focus || lit.up.has(p) || lit.down.has(p);
  const tiers = Array.from({ length: chain.tiers }, (_, t) => chain.nodes.filter((n) => n.tier === t).sort((a, b) => a.x - b.x));
  // Order as in the printed figure. In a small chain products are spread evenly, in as many rows as their names need; a large one has no names to place.
  const small = little && window.innerWidth > 820;
  const many = chain.nodes.length > 60;
  const [step, gap] = small ? [26, 74] : [42, 100];
  const laid = new Map(tiers.flatMap((nodes) => {
    const fold = Math.max(1, Math.ceil((nodes.length * (small ? 34 : 92)) / width));
    return nodes.map((n, i) => [n.product, many ? { x: n.x, row: n.row } : { x: (i + 0.5) / nodes.length, row: i % fold }] as const);
  }));
  const rows = tiers.map((nodes) => 1 + Math.max(0, ...nodes.map((n) => laid.get(n.product)!.row)));
  const tops = rows.map((_, t) => 24 + rows.slice(0, t).reduce((sum, r) => sum + (r - 1) * step + gap, 0));
  const places = chain.nodes.map((n) => ({ ...n, ...laid.get(n.product)! })).map((n) => ({ ...n, x: 26 + n.x * (width - 52), y: tops[n.tier]! + n.row * step, r: Math.max(4, (small ? 8 : 11) * n.size) }));
  const at = new Map(places.map((p) => [p.product, p]));
  const [current, setCurrent] = useState(0);
  const words = (p: string) => `${app.titled(p)}: ${colour(p).words}`;
  if (width < 560 && !small) {
    return (
      <div ref={ref} class="tiers">
        <svg width="0" height="0" aria-hidden="true"><Patterns /></svg>
        {tiers.map((nodes, t) => (
          <div key={t}>
            <h3>Tier {t}{t === 0 ? " (raw materials)" : ""}</h3>
            <ul>
              {nodes.map((n) => (
                <li key={n.product} class={on(n.product) ? "" : "dim"}>
                  <button type="button" aria-pressed={n.product === focus} onClick={() => onFocus(n.product === focus ? "" : n.product)}>
                    <svg width="14" height="14" aria-hidden="true"><circle cx="7" cy="7" r="6" fill={colour(n.product).fill} class="dot" /></svg>{app.titled(n.product)}
                  </button>
                  <span class="weak">{colour(n.product).words}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    );
  }
  const height = (tops[tops.length - 1] ?? 0) + ((rows[rows.length - 1] ?? 1) - 1) * step + 56;
  // In a large chain the focus and its direct neighbours have names.
  const near = new Set(chain.links.filter((l) => l.kept && (l.input === focus || l.output === focus)).flatMap((l) => [l.input, l.output]));
  const labelled = (n: { product: string }) => (!many && !small) || n.product === focus || near.has(n.product);
  const room = (n: { tier: number; row: number }) => width / Math.max(1, tiers[n.tier]!.filter((m) => laid.get(m.product)!.row === n.row).length) - 8;
  const move = (event: KeyboardEvent) => {
    const next = roving(places, current, event.key);
    if (next !== current) { event.preventDefault(); setCurrent(next); svg.current?.querySelectorAll<SVGElement>("g.node")[next]?.focus(); }
  };
  return (
    <div ref={ref}>
      <svg ref={svg} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`${title}. Arrow keys move among products, Enter lights what a product is made of and what is made of it.`} onKeyDown={move} class="network">
        <title>{title}</title>
        <Patterns />
        {chain.links.filter((l) => (l.kept || dropped) && at.has(l.input) && at.has(l.output)).map((l) => {
          const [a, b] = [at.get(l.input)!, at.get(l.output)!];
          const same = a.tier === b.tier;
          const d = same ? `M${a.x} ${a.y + a.r}Q${(a.x + b.x) / 2} ${a.y + 62} ${b.x} ${b.y + b.r}` : `M${a.x} ${a.y}C${a.x} ${(a.y + b.y) / 2} ${b.x} ${(a.y + b.y) / 2} ${b.x} ${b.y}`;
          const bright = lit && on(l.input) && on(l.output);
          return <path key={l.input + l.output} d={d} class={"edge" + (l.kept ? "" : " dropped") + (lit ? (bright ? " lit" : " dim") : "")}><title>{`${app.titled(l.input)} → ${app.titled(l.output)}${l.kept ? "" : `: ${l.reason ?? "dropped"}`}`}</title></path>;
        })}
        {places.map((n, i) => {
          const label = app.product(n.product)?.label ?? n.product;
          const drawn = labelled(n) ? fitted(label, many || small ? 150 : Math.max(40, n.x < 70 || n.x > width - 70 ? room(n) / 2 + 18 : room(n)), 11) : "";
          // What is drawn is part of the name that is read.
          const name = `${drawn && !words(n.product).startsWith(drawn) ? `${drawn} ` : ""}${words(n.product)}`;
          return (
          <g key={n.product} class={"node" + (on(n.product) ? "" : " dim") + (n.product === focus ? " on" : "")} role="button" tabIndex={i === current ? 0 : -1} aria-label={name} aria-pressed={n.product === focus}
            onFocus={() => setCurrent(i)} onClick={() => onFocus(n.product === focus ? "" : n.product)} onKeyDown={(e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); onFocus(n.product === focus ? "" : n.product); } }}>
            <title>{words(n.product)}</title>
            <circle cx={n.x} cy={n.y} r={n.r} fill={colour(n.product).fill} class="dot" />
            {drawn ? <text aria-hidden="true" x={Math.max(4, Math.min(width - 4, n.x < 70 ? n.x - 22 : n.x > width - 70 ? n.x + 22 : n.x))} y={n.y + n.r + 12} class="t small halo" text-anchor={n.x < 70 ? "start" : n.x > width - 70 ? "end" : "middle"}>{drawn}</text> : null}
          </g>
          );
        })}
      </svg>
    </div>
  );
}

/** No value: dotted where there is no trade, hatched where it is not defined. */
function Patterns() {
  return <defs><pattern id="chain-not-traded" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" class="p-bg" /><circle cx="2" cy="2" r="1" class="p-ink" /></pattern><pattern id="chain-not-defined" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" class="p-bg" /><rect width="1.6" height="5" class="p-ink" /></pattern></defs>;
}
