// Questions to the engine: what-if and whom to buy from instead. Locally it computes; an export holds answers to some.
import { useEffect, useState } from "preact/hooks";

export type Answered<T> = { state: "asking" } | { state: "failed"; why: string; retry: () => void } | { state: "done"; answer: T };

/** The answer at an address, relative to the page; null asks nothing. */
export function useAnswer<T>(address: string | null): Answered<T> {
  const [answer, set] = useState<Answered<T> & { of?: string }>({ state: "asking" });
  const [tries, again] = useState(0);
  useEffect(() => {
    if (address === null) return;
    const stop = new AbortController();
    const failed = (why: string) => { if (!stop.signal.aborted) set({ state: "failed", why, retry: () => { set({ state: "asking" }); again((n) => n + 1); }, of: address }); };
    // A slider that moves asks once it rests.
    const wait = setTimeout(async () => {
      try {
        const got = await fetch(address, { signal: stop.signal });
        const said = (await got.json().catch(() => null)) as (T & { error?: string }) | null;
        if (!got.ok || said === null) failed(said?.error ?? `the server answers ${got.status}`);
        else if (!stop.signal.aborted) set({ state: "done", answer: said, of: address });
      } catch (e) { failed(e instanceof Error ? e.message : String(e)); }
    }, 150);
    return () => { clearTimeout(wait); stop.abort(); };
  }, [address, tries]);
  return answer.of === address ? answer : { state: "asking" };
}
