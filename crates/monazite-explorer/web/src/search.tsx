import { useMemo, useState } from "preact/hooks";
import { folded } from "./format";
import { useApp } from "./state";

/** Other words for what people look for. */
const SYNONYMS: Record<string, string[]> = {
  GBR: ["uk", "britain", "england"], USA: ["us", "america"], KOR: ["korea", "south korea"], COD: ["congo", "drc", "kinshasa"], CHN: ["prc"], CZE: ["czech republic"], TUR: ["turkey"], MMR: ["burma"], VNM: ["vietnam"], RUS: ["russia"], CIV: ["ivory coast"],
  "850511": ["magnet", "ndfeb"], "850760": ["battery", "lithium-ion", "ev"], "870380": ["ev", "electric car", "electric vehicle"], "284690": ["rare earth", "ree", "magnet"], "284610": ["cerium", "rare earth"], "280530": ["rare earth metal", "ree", "magnet"], "282200": ["cobalt", "battery"], "283691": ["lithium", "battery", "ev"], "282520": ["lithium", "battery", "ev"], "250410": ["graphite", "anode", "battery"], "261100": ["tungsten", "wolfram"],
};
interface Found { label: string; hint: string; href: string; text: string }

export function Search() {
  const app = useApp();
  const { ex } = app;
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const entries = useMemo(() => [
    ...ex.products.map((p) => ({ view: "product" as const, code: p.code, label: p.text, hint: `product ${p.code}`, text: folded([p.code, p.text, p.label, ...(SYNONYMS[p.code] ?? [])].join(" ")) })),
    ...ex.countries.map((c) => ({ view: "country" as const, code: c.code, label: c.name || c.code, hint: `country ${c.code}`, text: folded([c.code, c.name, ...(SYNONYMS[c.code] ?? [])].join(" ")) })),
  ], [ex]);
  const found: Found[] = useMemo(() => {
    const words = folded(text).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const score = (e: { code: string; text: string; label: string }) => (folded(e.code) === words.join(" ") ? 0 : folded(e.label).startsWith(words[0]!) ? 1 : 2);
    return entries.filter((e) => words.every((w) => (` ${e.text}`.includes(" " + w)) || (w.length > 3 && e.text.includes(w)))).sort((a, b) => score(a) - score(b)).slice(0, 9).map((e) => ({ label: e.label, hint: e.hint, text: e.text, href: app.link(e.view, [e.code]) }));
  }, [text, entries, app]);
  const go = (f: Found | undefined) => { if (f) { location.hash = f.href; setText(""); setOpen(false); (document.activeElement as HTMLElement | null)?.blur(); } };
  const showing = open && text.trim() !== "";
  return (
    <div class="search">
      <input id="search" type="search" autocomplete="off" placeholder="Country, product or HS code" aria-label="Search" {...({ role: "combobox", "aria-expanded": showing, "aria-controls": "found", "aria-autocomplete": "list", "aria-activedescendant": showing && found[at] ? `found-${at}` : undefined } as object)} value={text}
        onInput={(e) => { setText(e.currentTarget.value); setAt(0); setOpen(true); }} onFocus={() => setOpen(true)} onBlur={() => setTimeout(() => setOpen(false), 150)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") { e.preventDefault(); setAt(Math.min(found.length - 1, at + 1)); }
          else if (e.key === "ArrowUp") { e.preventDefault(); setAt(Math.max(0, at - 1)); }
          else if (e.key === "Enter") go(found[at]);
          else if (e.key === "Escape") { setText(""); e.currentTarget.blur(); }
        }} />
      <div id="found" class="found" hidden={!showing} role="listbox" aria-label="Found">
        {found.map((f, i) => <div key={f.href} id={`found-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => { e.preventDefault(); go(f); }}><span>{f.label}</span><span class="weak">{f.hint}</span></div>)}
        {showing && !found.length ? <div role="option" aria-selected="false" aria-disabled="true">Nothing of that name in this study</div> : null}
      </div>
    </div>
  );
}
