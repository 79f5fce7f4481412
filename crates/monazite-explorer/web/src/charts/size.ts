import { useEffect, useRef, useState } from "preact/hooks";

/** Width of the place a figure has, in CSS pixels: figures are laid out in them, so that letters keep their size. */
export function useWidth(first = 720) {
  const ref = useRef<HTMLDivElement>(null);
  const [width, set] = useState(first);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => set(Math.max(260, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
/** Text that fits a width, some 6.3 pixels a letter at 12 px. */
export function fitted(text: string, width: number, size = 12): string {
  const letters = Math.floor(width / (size * 0.58));
  if (text.length <= letters) return text;
  if (letters < 3) return "";
  const cut = text.slice(0, letters - 1);
  const word = cut.lastIndexOf(" ");
  return (word > letters * 0.4 && text[letters - 1] !== " " ? cut.slice(0, word) : cut).replace(/[\s,;:(]+$/, "") + "…";
}
/** Arrow keys move among marks of a figure; only one of them is in the tab order. */
export function roving(places: { x: number; y: number }[], at: number, key: string): number {
  const from = places[at];
  const [dx, dy] = ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[key] ?? [0, 0];
  if (!from || (!dx && !dy)) return at;
  let best = at;
  let cost = Infinity;
  places.forEach((p, i) => {
    const ahead = (p.x - from.x) * dx + (p.y - from.y) * dy;
    const aside = Math.abs((p.x - from.x) * dy) + Math.abs((p.y - from.y) * dx);
    if (i !== at && ahead > 0.5 && ahead + 2 * aside < cost) { best = i; cost = ahead + 2 * aside; }
  });
  return best;
}
