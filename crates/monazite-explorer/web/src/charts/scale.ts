// Scales, ticks and colours.

const VIRIDIS = [[68, 1, 84], [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [253, 231, 37]] as const;
const DIVERGING = [[5, 83, 140], [88, 152, 196], [176, 207, 228], [238, 238, 234], [246, 200, 150], [222, 138, 50], [158, 80, 0]] as const;
/** Okabe and Ito: kinds that can be told apart without colour vision. Each goes with a shape and a label. */
export const KINDS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c7a00", "#666666"] as const;

function along(colours: readonly (readonly [number, number, number])[], share: number): string {
  const at = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const i = Math.min(colours.length - 2, Math.floor(at));
  const [a, b] = [colours[i]!, colours[i + 1]!];
  const f = at - i;
  return `rgb(${a.map((v, k) => Math.round(v + (b[k]! - v) * f)).join(",")})`;
}
export const viridis = (share: number): string => along(VIRIDIS, share);
export const diverging = (share: number): string => along(DIVERGING, share);
/** Whether white or black text is read on viridis at a share. */
export const onViridis = (share: number): string => (share > 0.55 ? "#000" : "#fff");

export interface Scale { low: number; high: number; share(value: number): number }
export function linear(low: number, high: number): Scale {
  return { low, high, share: (v) => (high > low ? (v - low) / (high - low) : 0.5) };
}
export function logarithmic(low: number, high: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  return { low, high, share: (v) => (b > a ? (Math.log10(v) - a) / (b - a) : 0.5) };
}
/** From the 2nd to the 98th percentile, so that a few extreme values do not make all others alike. */
export function percentiles(values: number[]): Scale {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.02), at(0.98)];
  return high > low ? linear(low, high) : linear(sorted[0] ?? 0, sorted[sorted.length - 1] ?? 1);
}
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}
export function logTicks(low: number, high: number): number[] {
  const found = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) if (10 ** e >= low * 0.999 && 10 ** e <= high * 1.001) found.push(10 ** e);
  return found.length > 1 ? found : [low, high];
}
