import { fixed, signed } from "../format";
import { useWidth } from "./size";

/** A line from A to B for each of many; the ten that differ most are named. */
export function Slopes({ lines, title, show = fixed, change = signed }: { lines: { name: string; a: number; b: number }[]; title: string; show?: (v: number) => string; change?: (v: number) => string }) {
  const [ref, width] = useWidth();
  const height = 360;
  const known = lines.flatMap((l) => [l.a, l.b]);
  if (!known.length) return <p class="empty">Nothing has a value in both.</p>;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (v: number) => 24 + (1 - (v - low) / (high - low || 1)) * (height - 40);
  const [x0, x1] = [60, Math.max(160, width * 0.6)];
  const named = [...lines].sort((p, q) => Math.abs(q.b - q.a) - Math.abs(p.b - p.a)).slice(0, 10).filter((l) => l.a !== l.b).sort((p, q) => y(p.b) - y(q.b));
  let last = -Infinity;
  return (
    <div ref={ref}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}, ${lines.length} lines.`}>
        <title>{title}</title>
        <text x={x0} y="12" class="t head" text-anchor="middle">A</text><text x={x1} y="12" class="t head" text-anchor="middle">B</text>
        {[low, high].map((v) => <text key={v} x={x0 - 8} y={y(v)} class="t" text-anchor="end" dominant-baseline="central">{show(v)}</text>)}
        {lines.map((l) => <g key={l.name}><line x1={x0} x2={x1} y1={y(l.a)} y2={y(l.b)} class="slope" stroke={l.b > l.a ? "#d55e00" : l.b < l.a ? "#0072b2" : "#888888"}><title>{`${l.name}: ${show(l.a)} and ${show(l.b)}`}</title></line></g>)}
        {named.map((l) => { last = Math.max(y(l.b), last + 14); return <text key={l.name} x={x1 + 8} y={last} class="t small" dominant-baseline="central">{l.name} {change(l.b - l.a)}</text>; })}
      </svg>
    </div>
  );
}
