// The order that a reader gave a table, as the address says it: sort=TABLE.COLUMN.down, several joined by commas.

export interface Order { key: string; down: boolean }

/** Name of a table in the address: its caption without numbers, so that it is the same table in another year. */
export function nameOfTable(caption: string): string {
  return caption.toLowerCase().replace(/[^a-z]+/g, "-").replace(/^-|-$/g, "").slice(0, 40).replace(/-$/, "");
}

const parts = (sort: string | undefined): [string, string][] =>
  (sort ?? "").split(",").filter(Boolean).map((part) => { const dot = part.indexOf("."); return dot < 0 ? [part, ""] : [part.slice(0, dot), part.slice(dot + 1)]; });

/** What the address says of a table; null if nothing, or a column that it does not have. */
export function chosenOrder(sort: string | undefined, table: string, keys: string[]): Order | null {
  const said = parts(sort).find(([name]) => name === table)?.[1];
  if (!said) return null;
  const down = said.endsWith(".down");
  const key = down ? said.slice(0, -5) : said;
  return keys.includes(key) ? { key, down } : null;
}

/** The address's orders with that of one table changed. */
export function writtenOrder(sort: string | undefined, table: string, order: Order): string {
  const others = parts(sort).filter(([name]) => name !== table).map(([name, said]) => `${name}.${said}`);
  return [...others, `${table}.${order.key}${order.down ? ".down" : ""}`].join(",");
}
