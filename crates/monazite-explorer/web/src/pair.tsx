// Two runs: the second one beside the first, on any view with `with=1` in its address.
import { createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";
import type { Comparison, Explorer } from "./contract";
import { useAnswer, type Answered } from "./data/ask";
import { later } from "./later";
import { useApp, type App } from "./state";

/** The parameter that asks for the second run. */
export const WITH = "with";

export interface Pair { b: Explorer; of: Comparison; hasProduct(code: string): boolean; hasCountry(code: string): boolean }
type Asked = Answered<Pair> | null;

export const PairContext = createContext<Asked>(null);

/** The second run and what differs, read once they are asked for. */
export function usePairOf(app: App): Asked {
  const other = app.route.params[WITH] === "1" || app.route.view === "compare" ? app.ex.with : null;
  const b = useAnswer<Explorer>(other?.explorer ?? null);
  const of = useAnswer<Comparison>(other?.comparison ?? null);
  return useMemo(() => {
    if (!other) return null;
    if (b.state === "failed") return { ...b, why: `${other.explorer} could not be read: ${b.why}` };
    if (of.state === "failed") return { ...of, why: `${other.comparison} could not be read: ${of.why}` };
    if (b.state !== "done" || of.state !== "done") return { state: "asking" };
    const [products, countries] = [new Set(b.answer.products.map((p) => p.code)), new Set(b.answer.countries.map((c) => c.code))];
    return { state: "done", answer: { b: b.answer, of: of.answer, hasProduct: (c) => products.has(c), hasCountry: (c) => countries.has(c) } };
  }, [other, b, of]);
}

export const usePair = (): Asked => useContext(PairContext);

const Shown = later(async () => (await import("./views/beside/beside")).BesideView);
/** What a view says of the second run; nothing if it is not asked for. */
export function Beside() {
  const app = useApp();
  return app.route.params[WITH] === "1" && app.ex.with ? <Shown /> : null;
}
