import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A view; `start` reads its code. */
export type Shown = FunctionComponent & { start?: () => Promise<void> };

/** A view whose code is read when it is first shown. */
export function later(load: () => Promise<FunctionComponent>): Shown {
  let loaded: FunctionComponent | null = null;
  const start = async () => { loaded ??= await load(); };
  return Object.assign(function Later() {
    const [failed, fail] = useState<Error | null>(null);
    const [, again] = useState(0);
    useEffect(() => { start().then(() => again((n) => n + 1), fail); }, []);
    if (failed) throw failed;
    const View = loaded;
    return View ? <View /> : <div class="skeleton tall" role="status">Reading …</div>;
  }, { start });
}
