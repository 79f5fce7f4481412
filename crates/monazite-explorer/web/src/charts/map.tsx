import { useMemo, useRef, useState } from "preact/hooks";
import { useApp } from "../state";
import type { Value } from "../data/unknown";
import { diverging, viridis, type Scale } from "./scale";
import { Legend } from "./legend";
import { roving } from "./size";

interface MapProps {
  title: string;
  summary: string;
  /** Value of a country by its code. */
  value: (code: string) => Value;
  scale: Scale;
  show: (value: number) => string;
  label: string;
  isDifference?: boolean;
  onOpen: (code: string) => void;
  chosen?: string[];
  /** What else is said of a country, such as the other reading. */
  also?: (code: string) => string | null;
}

/** Where the outline of a country is: the middle of its largest piece. */
function middle(path: string): { x: number; y: number } {
  let best = { x: 0, y: 0 };
  let largest = -1;
  for (const ring of path.split(/(?=M)/)) {
    const n = ring.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];
    let [x, y] = [n[0] ?? 0, n[1] ?? 0];
    let [x0, x1, y0, y1] = [x, x, y, y];
    if (!ring.includes("a")) for (let i = 2; i + 1 < n.length; i += 2) {
      x += n[i]!; y += n[i + 1]!;
      x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y);
    }
    const size = (x1 - x0) * (y1 - y0);
    if (size > largest) { largest = size; best = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 }; }
  }
  return best;
}

export function WorldMap({ title, summary, value, scale, show, label, isDifference, onOpen, chosen = [], also }: MapProps) {
  const app = useApp();
  const { width, height, shapes } = app.ex.outlines;
  const drawn = useMemo(() => shapes.map((s) => ({ ...s, ...middle(s.path) })), [shapes]);
  const [at, setAt] = useState(0);
  const [told, setTold] = useState("");
  const ref = useRef<SVGSVGElement>(null);
  const groups = useMemo(() => new Map(app.ex.countries.filter((c) => c.kind === "merged").flatMap((c) => c.members.map((m) => [m, c.code] as const))), [app.ex]);
  const known = (code: string) => (app.country(code) ? code : groups.get(code) ?? code);
  const words = (code: string) => {
    const v = value(known(code));
    const more = v.kind === "known" ? also?.(known(code)) : null;
    return `${app.named(known(code))}: ${v.kind === "known" ? show(v.value) : v.why}${more ? `; ${more}` : ""}`;
  };
  const fill = (code: string) => {
    const v = value(known(code));
    if (v.kind === "known") return (isDifference ? diverging : viridis)(scale.share(v.value));
    return v.kind === "no-trade" ? "url(#not-traded)" : v.kind === "undefined" ? "url(#not-defined)" : "url(#not-there)";
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onOpen(known(drawn[at]!.code)); return; }
    const next = roving(drawn, at, event.key);
    if (next !== at) {
      event.preventDefault();
      setAt(next);
      setTold(words(drawn[next]!.code));
      ref.current?.querySelectorAll<SVGElement>("path.land")[next]?.focus();
    }
  };
  return (
    <div class="map">
      <svg ref={ref} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`${title}. ${summary}`} onKeyDown={move}>
        <title>{title}</title>
        <defs>
          <pattern id="not-traded" width="10" height="10" patternUnits="userSpaceOnUse"><rect width="10" height="10" class="p-bg" /><circle cx="3" cy="3" r="1.4" class="p-ink" /></pattern>
          <pattern id="not-defined" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="9" height="9" class="p-bg" /><rect width="2.4" height="9" class="p-ink" /></pattern>
          <pattern id="not-there" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="p-bg" /></pattern>
        </defs>
        {drawn.map((s, i) => (
          <path key={s.code} d={s.path} fill={fill(s.code)} class={"land" + (chosen.includes(known(s.code)) ? " chosen" : "")} fill-rule="evenodd" tabIndex={i === at ? 0 : -1} role="button"
            aria-label={words(s.code)} onClick={() => onOpen(known(s.code))} onFocus={() => { setAt(i); setTold(words(s.code)); }} onMouseEnter={() => setTold(words(s.code))} />
        ))}
      </svg>
      <Legend scale={scale} label={label} show={show} isDifference={isDifference} absent />
      <div class="legend">
        <output class="told">{told || "Point at a country, or move with the arrow keys."}</output>
      </div>
    </div>
  );
}
