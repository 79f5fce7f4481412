import { diverging, viridis, type Scale } from "./scale";

/** What the colours mean, with the three ways to have no value. */
export function Legend({ scale, label, show, isDifference = false, absent = false }: { scale: Scale; label: string; show: (v: number) => string; isDifference?: boolean; absent?: boolean }) {
  const colour = isDifference ? diverging : viridis;
  return (
    <div class="legend">
      <svg width="150" height="30" aria-hidden="true" class="bar">
        {Array.from({ length: 30 }, (_, i) => <rect key={i} x={i * 5} y="0" width="5.5" height="10" fill={colour(i / 29)} />)}
        {[0, 0.5, 1].map((s) => <text key={s} x={s * 150} y="24" class="t" text-anchor={s === 0 ? "start" : s === 1 ? "end" : "middle"}>{show(scale.low + s * (scale.high - scale.low))}</text>)}
      </svg>
      <span class="what">{label}</span>
      <span class="key"><i class="sw dots" />does not trade it</span>
      <span class="key"><i class="sw lines" />not defined</span>
      {absent ? <span class="key"><i class="sw none" />not in this study</span> : null}
    </div>
  );
}
