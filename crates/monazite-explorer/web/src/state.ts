// What all views share: the run, the address, and ways from codes to names.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Country, Explorer, Product } from "./contract";
import { formatRoute, type Route, type View } from "./route";

export interface App {
  ex: Explorer;
  route: Route;
  year: number;
  lastYear: number;
  country(code: string): Country | undefined;
  product(code: string): Product | undefined;
  /** Name of a country; the code if it has none. */
  named(code: string): string;
  /** Short text of a product with its code. */
  titled(code: string): string;
  /** Text of a product, as far as a list has room, with its code. */
  listed(code: string): string;
  /** Address of another view; the year goes along. */
  link(view: View, keys?: string[], params?: Record<string, string | undefined>): string;
  /** Changes parameters of this view (and keys, if given). */
  set(params: Record<string, string | undefined>, keys?: string[]): void;
  /** Says something to a screen reader. */
  say(text: string): void;
}

export function makeApp(ex: Explorer, route: Route, say: (text: string) => void): App {
  const lastYear = ex.years[ex.years.length - 1]!;
  const asked = Number(route.params.year);
  const year = ex.years.includes(asked) ? asked : lastYear;
  const countries = new Map(ex.countries.map((c) => [c.code, c]));
  const products = new Map(ex.products.map((p) => [p.code, p]));
  return {
    ex, route, year, lastYear, say,
    country: (code) => countries.get(code),
    product: (code) => products.get(code),
    named: (code) => countries.get(code)?.name || code,
    titled: (code) => { const p = products.get(code); return p ? `${p.label} (${code})` : code; },
    listed: (code) => { const t = products.get(code)?.text ?? ""; return `${t.length > 70 ? t.slice(0, 69).trimEnd() + "…" : t} (${code})`; },
    link: (view, keys = [], params = {}) => formatRoute({ view, keys, params: { year: String(year), embed: route.params.embed, with: route.params.with, ...params } }, lastYear),
    set: (params, keys = route.keys) => {
      const address = formatRoute({ view: route.view, keys, params: { ...route.params, ...params } }, lastYear);
      history.replaceState(null, "", address);
      window.dispatchEvent(new HashChangeEvent("hashchange"));
    },
  };
}

export const AppContext = createContext<App | null>(null);
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("no run");
  return app;
}

/** Sentences of the engine about a subject. */
export const sentencesOf = (ex: Explorer, subject: string): string[] => ex.findings.filter((f) => f.subject === subject).map((f) => f.text);

/** Trickles of a product-year, worst first. */
export function tricklesOf(ex: Explorer, product: string, year: number): { supplier: string; str: number; without: number }[] {
  const t = ex.trickles;
  const found = [];
  for (let i = 0; i < t.product.length; i++) {
    if (t.product[i] === product && t.year[i] === year) found.push({ supplier: t.supplier[i]!, str: t.str[i]!, without: t.str_without[i]! });
  }
  return found;
}

/** Mean STR of the paper's reading without its feedback loops, by year: where there are several, without the worst. Null where there is none. */
export function withoutLoops(ex: Explorer, product: string): (number | null)[] {
  return ex.years.map((y) => { const found = tricklesOf(ex, product, y); return found.length ? Math.min(...found.map((f) => f.without)) : null; });
}

/** A mark, and the part of “How do we know” that says more. */
export interface Mark { sign: string; text: string; part: "loops" | "imputed" | "breaks" | "clamped"; product: string }
/** What a reader should know before quoting numbers of a product-year. */
export function marksOf(app: App, product: string, year: number): Mark[] {
  const { ex } = app;
  const marks: Mark[] = [];
  const worst = tricklesOf(ex, product, year)[0];
  if (worst) marks.push({ sign: "‡", part: "loops", product, text: `Feedback loop through ${app.named(worst.supplier)}: mean STR ${worst.str.toFixed(2)} in the paper's reading, ${worst.without.toFixed(2)} without it` });
  const of = ex.product_years[product];
  const at = ex.years.indexOf(year);
  const imputed = of?.imputed_share[at];
  if (imputed !== null && imputed !== undefined && imputed > 0.1) marks.push({ sign: "◌", part: "imputed", product, text: `${(imputed * 100).toFixed(0)} % of trade comes from countries whose stability is imputed` });
  if (ex.breaks.some((b) => b.product === product && b.year === year)) marks.push({ sign: "⌇", part: "breaks", product, text: "World trade jumps here, where the HS was revised: the series may be broken" });
  if (of?.clamped[at]) marks.push({ sign: "∞", part: "clamped", product, text: "The network was singular and had to be clamped" });
  return marks;
}
