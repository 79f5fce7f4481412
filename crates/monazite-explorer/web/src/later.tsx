import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A view whose code is read when it is first shown. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  let loaded: FunctionComponent | null = null;
  return function Later() {
    const [failed, fail] = useState<Error | null>(null);
    const [, again] = useState(0);
    useEffect(() => { if (!loaded) load().then((view) => { loaded = view; again((n) => n + 1); }, fail); }, []);
    if (failed) throw failed;
    const View = loaded;
    return View ? <View /> : <div class="skeleton tall" role="status">Reading …</div>;
  };
}
