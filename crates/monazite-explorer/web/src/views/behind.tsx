import { useApp } from "../state";
import { Frame, STR_TRAP, Waiting } from "../frame";
import { has, numberOf, textOf, useTable, type Row } from "../data/tables";
import { fixed, percent } from "../format";
import { Table } from "../table";

/** Whose instability reaches an importer: by sale, and through others. */
export function Behind({ code, of }: { code: string; of: string }) {
  const app = useApp();
  const { ex, year } = app;
  const there = of !== "" && app.product(code)!.dependencies && has(ex, "dependencies.parquet");
  const read = useTable(ex, there ? "dependencies.parquet" : null, { product: code, year });
  if (!there) return null;
  if (read.state !== "done") return <Waiting reading={read} />;
  const rows = read.rows.filter((r) => textOf(r, "importer") === of).sort((a, b) => (numberOf(b, "contribution") ?? 0) - (numberOf(a, "contribution") ?? 0));
  if (!rows.length) return null;
  const keys = ["supplier", "share", "contribution", "direct", "per_point"];
  const title = `Whose instability reaches ${app.named(of)} with ${app.titled(code)}, ${year}`;
  const shown = (k: string, how: (v: number) => string) => (r: Row) => { const v = numberOf(r, k); return v === null ? "–" : how(v); };
  return (
    <Frame title={title} name={title} info={keys.slice(1)} trap={STR_TRAP} sentences={["In the paper's reading: a supplier without a share reaches it through others."]}
      sheet={{ name: `behind-${of}-${code}-${year}`, title, columns: keys.map((k) => ({ key: k, label: ex.words[k]?.label ?? k, definition: ex.words[k]?.definition })), rows: rows.map((r) => Object.fromEntries(keys.map((k) => [k, k === "supplier" ? textOf(r, k) : numberOf(r, k)]))) }}
      snippet={{ file: "dependencies.parquet", where: { importer: of, product: code, year } }}>
      <Table caption={title} first={10} rows={rows} columns={[
        { key: "supplier", label: "Supplier", value: (r) => app.named(textOf(r, "supplier")), show: (r) => <a href={app.link("country", [textOf(r, "supplier")])}>{app.named(textOf(r, "supplier"))}</a> },
        { key: "share", label: "Share of purchases", value: (r) => numberOf(r, "share"), show: shown("share", (v) => (v === 0 ? "through others only" : percent(v))) },
        { key: "contribution", label: "Part of STR − 1", value: (r) => numberOf(r, "contribution"), show: shown("contribution", (v) => fixed(v, 3)) },
        { key: "direct", label: "Of it directly", value: (r) => numberOf(r, "direct"), show: shown("direct", (v) => fixed(v, 3)) },
        { key: "per_point", label: "Per point of stability", value: (r) => numberOf(r, "per_point"), show: shown("per_point", (v) => fixed(v, 4)) },
      ]} />
    </Frame>
  );
}
