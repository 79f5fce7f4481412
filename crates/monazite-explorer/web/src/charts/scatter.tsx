import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { linear, logarithmic, logTicks, ticks } from "./scale";
import { roving, useWidth } from "./size";

export interface Point { code: string; name: string; x: number; y: number; size: number }
interface ScatterProps { points: Point[]; title: string; summary: string; xLabel: string; yLabel: string; showX: (v: number) => string; showY: (v: number) => string; logX: boolean; logY: boolean; chosen: string[]; trails: Record<string, { year: number; x: number; y: number }[]>; onOpen: (code: string) => void }

/** Correlation; null below ten points. */
export function correlation(points: { x: number; y: number }[]): number | null {
  const n = points.length;
  if (n < 10) return null;
  const [mx, my] = [points.reduce((s, p) => s + p.x, 0) / n, points.reduce((s, p) => s + p.y, 0) / n];
  let [xx, yy, xy] = [0, 0, 0];
  for (const p of points) { xx += (p.x - mx) ** 2; yy += (p.y - my) ** 2; xy += (p.x - mx) * (p.y - my); }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

export function Scatter({ points, title, summary, xLabel, yLabel, showX, showY, logX, logY, chosen, trails, onOpen }: ScatterProps) {
  const [ref, width] = useWidth();
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState(0);
  const height = Math.min(520, Math.max(320, width * 0.6));
  const [left, right, top, bottom] = [58, 16, 24, 44];
  const every = [...points, ...Object.values(trails).flat()];
  const scale = (values: number[], log: boolean) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (!values.length) return linear(0, 1);
    return log && low > 0 ? logarithmic(low / 1.2, high * 1.2) : linear(low - (high - low) * 0.04, high + (high - low || 1) * 0.06);
  };
  const sx = scale(every.map((p) => p.x), logX);
  const sy = scale(every.map((p) => p.y), logY);
  const x = (v: number) => left + sx.share(v) * (width - left - right);
  const y = (v: number) => top + (1 - sy.share(v)) * (height - top - bottom);
  const biggest = Math.max(...points.map((p) => p.size), 1e-9);
  const r = (p: Point) => 3 + 14 * Math.sqrt(Math.max(0, p.size) / biggest);
  const places = points.map((p) => ({ x: x(p.x), y: y(p.y) }));
  const labelled = useMemo(() => {
    const big = [...points].sort((a, b) => b.size - a.size).slice(0, 8);
    const high = [...points].sort((a, b) => b.y - a.y).slice(0, 4);
    // Outliers: farthest from the line through all.
    const [u, v] = [points.map((p) => (logX ? Math.log(p.x) : p.x)), points.map((p) => (logY ? Math.log(p.y) : p.y))];
    const mean = (w: number[]) => w.reduce((sum, q) => sum + q, 0) / (w.length || 1);
    const [mu, mv] = [mean(u), mean(v)];
    const slope = u.reduce((sum, q, i) => sum + (q - mu) * (v[i]! - mv), 0) / (u.reduce((sum, q) => sum + (q - mu) ** 2, 0) || 1);
    const far = points.map((p, i) => ({ p, off: Math.abs(v[i]! - mv - slope * (u[i]! - mu)) })).sort((a, b) => b.off - a.off).slice(0, 6).map((q) => q.p);
    return new Set([...big, ...high, ...far].map((p) => p.code).concat(chosen));
  }, [points, chosen.join(), logX, logY]);
  // Labels that would cover another one are left out; chosen ones come first.
  const labels = useMemo(() => {
    const taken: { x: number; y: number; w: number }[] = [];
    return [...points].filter((p) => labelled.has(p.code)).sort((a, b) => Number(chosen.includes(b.code)) - Number(chosen.includes(a.code)) || b.size - a.size).filter((p) => {
      const box = { x: x(p.x) + r(p) + 3, y: y(p.y), w: p.name.length * 6.4 };
      if (box.x + box.w > width || taken.some((t) => Math.abs(t.y - box.y) < 13 && t.x < box.x + box.w && box.x < t.x + t.w)) return false;
      taken.push(box);
      return true;
    });
  }, [points, labelled, width, logX, logY]);
  const xTicks = logX && sx.low > 0 ? logTicks(sx.low, sx.high) : ticks(sx.low, sx.high, width < 500 ? 4 : 7);
  const yTicks = logY && sy.low > 0 ? logTicks(sy.low, sy.high) : ticks(sy.low, sy.high, 6);
  const move = (event: KeyboardEvent) => {
    const next = roving(places, at, event.key);
    if (next !== at) { event.preventDefault(); setAt(next); svg.current?.querySelectorAll<SVGElement>("circle.point")[next]?.focus(); }
    else if (event.key === "Enter" && points[at]) onOpen(points[at]!.code);
  };
  return (
    <div ref={ref}>
      <svg ref={svg} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`${title}. ${summary}`} onKeyDown={move}>
        <title>{title}</title>
        {xTicks.map((t) => <g key={t}><line x1={x(t)} x2={x(t)} y1={top} y2={height - bottom} class="grid" /><text x={x(t)} y={height - bottom + 16} class="t" text-anchor="middle">{showX(t)}</text></g>)}
        {yTicks.map((t) => <g key={t}><line x1={left} x2={width - right} y1={y(t)} y2={y(t)} class="grid" /><text x={left - 6} y={y(t)} class="t" text-anchor="end" dominant-baseline="central">{showY(t)}</text></g>)}
        <text x={width - right} y={height - 8} class="t head" text-anchor="end">{xLabel} →</text>
        <text x={4} y={14} class="t head">↑ {yLabel}</text>
        {Object.entries(trails).map(([code, trail]) => <path key={code} d={"M" + trail.map((p) => `${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join("L")} class="trail" />)}
        {Object.entries(trails).flatMap(([code, trail]) => trail.slice(0, 1).flatMap((p) => (p ? [<text key={code + p.year} x={x(p.x)} y={y(p.y) - 7} class="t small halo" text-anchor="middle">{p.year}</text>] : [])))}
        {Object.entries(trails).flatMap(([code, trail]) => trail.map((p) => <circle key={`${code} ${p.year}`} cx={x(p.x)} cy={y(p.y)} r="2" class="step"><title>{`${code} ${p.year}: ${showX(p.x)}, ${showY(p.y)}`}</title></circle>))}
        {points.map((p, i) => (
          <circle key={p.code} cx={x(p.x)} cy={y(p.y)} r={r(p)} class={"point" + (chosen.includes(p.code) ? " chosen" : "")} role="button" tabIndex={i === Math.min(at, points.length - 1) ? 0 : -1}
            aria-label={`${p.name}: ${xLabel} ${showX(p.x)}, ${yLabel} ${showY(p.y)}`} onFocus={() => setAt(i)} onClick={() => onOpen(p.code)}><title>{`${p.name}: ${showX(p.x)}, ${showY(p.y)}`}</title></circle>
        ))}
        {labels.map((p) => <text key={p.code} x={x(p.x) + r(p) + 3} y={y(p.y)} class="t small halo" dominant-baseline="central">{p.name}</text>)}
      </svg>
    </div>
  );
}

export interface Mote { x: number; y: number; kind: number; strong: boolean; text: string }
/** Thousands of points on a canvas, found again by a grid. */
export function Cloud({ motes, path, title, colours, onKind, height = 520 }: { onKind?: (kind: number) => void; motes: Mote[]; path: (Mote & { label: string })[]; title: string; colours: readonly string[]; height?: number }) {
  const [ref, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState("Point at the map to read who is where.");
  const box = useMemo(() => ({ x0: Math.min(...motes.map((m) => m.x)), x1: Math.max(...motes.map((m) => m.x)), y0: Math.min(...motes.map((m) => m.y)), y1: Math.max(...motes.map((m) => m.y)) }), [motes]);
  const k = Math.min((width - 30) / (box.x1 - box.x0 || 1), (height - 30) / (box.y1 - box.y0 || 1));
  const at = (m: { x: number; y: number }) => [width / 2 + (m.x - (box.x0 + box.x1) / 2) * k, height / 2 - (m.y - (box.y0 + box.y1) / 2) * k] as const;
  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!c) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.current!.width = width * ratio;
    canvas.current!.height = height * ratio;
    c.scale(ratio, ratio);
    for (const strong of [false, true]) for (const m of motes) if (m.strong === strong) shape(c, ...at(m), m.kind, colours[m.kind % colours.length] ?? "#888", path.length ? 0.28 : strong ? 1 : 0.22, strong && !path.length ? 3.4 : 2.4);
    if (path.length) {
      const ink = getComputedStyle(document.body).color;
      c.strokeStyle = ink; c.fillStyle = ink; c.globalAlpha = 1; c.lineWidth = 1.5; c.font = "12px system-ui, sans-serif";
      c.beginPath();
      path.forEach((m, i) => { const [x, y] = at(m); if (i) c.lineTo(x, y); else c.moveTo(x, y); });
      c.stroke();
      path.forEach((m, i) => { const [x, y] = at(m); shape(c, x, y, m.kind, colours[m.kind % colours.length] ?? "#888", 1, 5); c.fillStyle = ink; c.globalAlpha = 1; if (i === 0 || i === path.length - 1) c.fillText(m.label, x + 8, y + 4); });
    }
  }, [motes, path, width, height]);
  const grid = useMemo(() => {
    const g = new Map<string, Mote[]>();
    for (const m of motes) { const [x, y] = at(m); const key = `${Math.floor(x / 16)},${Math.floor(y / 16)}`; (g.get(key) ?? g.set(key, []).get(key)!).push(m); }
    return g;
  }, [motes, width, height]);
  const find = (event: MouseEvent) => {
    const r = canvas.current!.getBoundingClientRect();
    const [px, py] = [event.clientX - r.left, event.clientY - r.top];
    let best: Mote | null = null;
    let least = 144;
    for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++) for (const m of grid.get(`${Math.floor(px / 16) + i},${Math.floor(py / 16) + j}`) ?? []) {
      const [x, y] = at(m);
      const d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) { least = d; best = m; }
    }
    if (best) { setTold(best.text); if (event.type === "click") onKind?.(best.kind); }
  };
  return (
    <div ref={ref}>
      <canvas ref={(e) => { canvas.current = e; if (e) { e.style.width = `${width}px`; e.style.height = `${height}px`; } }} role="img" aria-label={title} onMouseMove={find} onClick={find} />
      <output class="told">{told}</output>
    </div>
  );
}

const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "down", "bar", "ring"] as const;
export const shapeName = (kind: number) => SHAPES[((kind % SHAPES.length) + SHAPES.length) % SHAPES.length]!;
function shape(c: CanvasRenderingContext2D, x: number, y: number, kind: number, colour: string, alpha: number, r: number) {
  c.globalAlpha = alpha; c.fillStyle = colour; c.strokeStyle = colour; c.lineWidth = 1.5;
  c.beginPath();
  switch (shapeName(kind)) {
    case "circle": c.arc(x, y, r, 0, 7); c.fill(); break;
    case "square": c.rect(x - r, y - r, 2 * r, 2 * r); c.fill(); break;
    case "triangle": c.moveTo(x, y - r); c.lineTo(x + r, y + r); c.lineTo(x - r, y + r); c.fill(); break;
    case "down": c.moveTo(x, y + r); c.lineTo(x + r, y - r); c.lineTo(x - r, y - r); c.fill(); break;
    case "diamond": c.moveTo(x, y - r); c.lineTo(x + r, y); c.lineTo(x, y + r); c.lineTo(x - r, y); c.fill(); break;
    case "cross": c.moveTo(x - r, y - r); c.lineTo(x + r, y + r); c.moveTo(x + r, y - r); c.lineTo(x - r, y + r); c.stroke(); break;
    case "bar": c.rect(x - r, y - 1, 2 * r, 2); c.fill(); break;
    default: c.arc(x, y, r, 0, 7); c.stroke();
  }
}
