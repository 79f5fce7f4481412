// The year as a slider that plays, and the keys that move it.
import { useEffect, useState } from "preact/hooks";
import { useApp } from "./state";

/** A slider over the years, with play. */
export function YearSlider() {
  const app = useApp();
  const { years } = app.ex;
  const [playing, play] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      const next = years[years.indexOf(app.year) + 1];
      if (next === undefined) play(false); else app.set({ year: String(next) });
    }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 1600 : 800);
    return () => clearInterval(timer);
  }, [playing, app]);
  if (years.length < 2) return null;
  return (
    <>
      <label class="slide">Year <input type="range" min="0" max={years.length - 1} value={years.indexOf(app.year)} aria-valuetext={String(app.year)} onInput={(e) => app.set({ year: String(years[Number(e.currentTarget.value)]) })} /> {app.year}</label>
      <button type="button" aria-pressed={playing} onClick={() => { if (!playing && app.year === app.lastYear) app.set({ year: String(years[0]) }); play(!playing); }}>{playing ? "Stop" : "Play"}</button>
    </>
  );
}
