// Two runs: the second one beside the first, on any view with `with=1` in its address.
import { createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";
import type { Comparison, Explorer } from "./contract";
import { useAnswer, type Answered } from "./data/ask";
import { known, useParts, type Known, type Part } from "./data/parts";
import { later } from "./later";
import { useApp, type App } from "./state";

/** The parameter that asks for the second run. */
export const WITH = "with";

export interface Pair { b: Known; of: Comparison; hasProduct(code: string): boolean; hasCountry(code: string): boolean }
type Asked = Answered<Pair> | null;

export const PairContext = createContext<Asked>(null);

/** The second run with the parts that the view reads, and what differs; read once they are asked for. */
export function usePairOf(app: App, parts: Part[]): Asked {
  const other = app.route.params[WITH] === "1" || app.route.view === "compare" ? app.ex.with : null;
  const asked = useAnswer<Explorer>(other?.explorer ?? null);
  const of = useAnswer<Comparison>(other?.comparison ?? null);
  const b = useMemo(() => (asked.state === "done" ? known(asked.answer) : null), [asked]);
  const reading = useParts(b, parts);
  return useMemo(() => {
    if (!other) return null;
    if (asked.state === "failed") return { ...asked, why: `${other.explorer} could not be read: ${asked.why}` };
    if (of.state === "failed") return { ...of, why: `${other.comparison} could not be read: ${of.why}` };
    if (reading.state === "failed") return { state: "failed", why: `${reading.file} could not be read: ${reading.why}`, retry: reading.retry };
    if (!b || of.state !== "done" || reading.state !== "done") return { state: "asking" };
    const [products, countries] = [new Set(b.products.map((p) => p.code)), new Set(b.countries.map((c) => c.code))];
    return { state: "done", answer: { b, of: of.answer, hasProduct: (c) => products.has(c), hasCountry: (c) => countries.has(c) } };
  }, [other, asked, b, of, reading.state]);
}

export const usePair = (): Asked => useContext(PairContext);

const Shown = later(async () => (await import("./views/beside/beside")).BesideView);
/** What a view says of the second run; nothing if it is not asked for. */
export function Beside() {
  const app = useApp();
  return app.route.params[WITH] === "1" && app.ex.with ? <Shown /> : null;
}
