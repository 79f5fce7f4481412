// What all views share: the run, the address, and ways from codes to names.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Country, Explorer, Product } from "./contract";
import type { Known } from "./data/parts";
import { formatRoute, type Route, type View } from "./route";

export interface App {
  ex: Known;
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

export function makeApp(ex: Known, route: Route, say: (text: string) => void): App {
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
      // Another subject is a step that Back undoes; a control is not.
      if (keys.join("+") === route.keys.join("+")) history.replaceState(null, "", address);
      else history.pushState(null, "", address);
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

/** Marks of product-years by "product year". */
interface Marked { loops: Map<string, { supplier: string; without: number }>; imputed: Map<string, number>; clamped: Set<string>; breaks: Set<string> }
const marked = new WeakMap<Explorer["marks"], Marked>();
function markedIn({ marks }: Explorer): Marked {
  let found = marked.get(marks);
  if (!found) {
    const key = (of: { product: string[]; year: number[] }, i: number) => `${of.product[i]} ${of.year[i]}`;
    const { loops, imputed, clamped } = marks;
    found = {
      loops: new Map(loops.product.map((_, i) => [key(loops, i), { supplier: loops.supplier[i]!, without: loops.str_without[i]! }])),
      imputed: new Map(imputed.product.map((_, i) => [key(imputed, i), imputed.share[i]!])),
      clamped: new Set(clamped.product.map((_, i) => key(clamped, i))),
      breaks: new Set(marks.breaks.map((b) => `${b.product} ${b.year}`)),
    };
    marked.set(marks, found);
  }
  return found;
}

/** The worst feedback loop of a product-year, with mean STR (paper's reading) as it is and without it. */
export function worstLoop(ex: Explorer, product: string, year: number): { supplier: string; str: number; without: number } | null {
  const loop = markedIn(ex).loops.get(`${product} ${year}`);
  const str = ex.means[product]?.str[ex.years.indexOf(year)];
  return loop && typeof str === "number" ? { ...loop, str } : null;
}

/** Mean STR of the paper's reading without its feedback loops, by year: where there are several, without the worst. Null where there is none. */
export function withoutLoops(ex: Explorer, product: string): (number | null)[] {
  return ex.years.map((y) => worstLoop(ex, product, y)?.without ?? null);
}

/** A mark, and the part of “How do we know” that says more. */
export interface Mark { sign: string; text: string; part: "loops" | "imputed" | "breaks" | "clamped"; product: string }
/** What a reader should know before quoting numbers of a product-year. */
export function marksOf(app: App, product: string, year: number): Mark[] {
  const { ex } = app;
  const marks: Mark[] = [];
  const worst = worstLoop(ex, product, year);
  if (worst) marks.push({ sign: "‡", part: "loops", product, text: `Feedback loop through ${app.named(worst.supplier)}: mean STR ${worst.str.toFixed(2)} in the paper's reading, ${worst.without.toFixed(2)} without it` });
  const { imputed, breaks, clamped } = markedIn(ex);
  const key = `${product} ${year}`;
  if (imputed.has(key)) marks.push({ sign: "◌", part: "imputed", product, text: `${(imputed.get(key)! * 100).toFixed(0)} % of trade comes from countries whose stability is imputed` });
  if (breaks.has(key)) marks.push({ sign: "⌇", part: "breaks", product, text: "World trade jumps here, where the HS was revised: the series may be broken" });
  if (clamped.has(key)) marks.push({ sign: "∞", part: "clamped", product, text: "The network was singular and had to be clamped" });
  return marks;
}
