"use strict";
// Tables that stand on the page: headings sort, a button gives the rows as csv. Without a script they are plain tables.
(function () {
  const text = (cell) => cell.textContent.replace(/ [↑↓]$/, "").trim();
  // What stands behind a cell: numbers in full, several with "|" between them. A cell without is taken as shown.
  const behind = (cell) => (cell.dataset.csv === undefined ? [text(cell)] : cell.dataset.csv.split("|"));
  const sortedBy = (cell) => (cell.dataset.sort !== undefined ? cell.dataset.sort : behind(cell)[0]);
  const valueOf = (cell) => {
    if (cell.dataset.csv === undefined && cell.dataset.sort === undefined) return number(text(cell));
    const shown = sortedBy(cell);
    return shown !== "" && Number.isFinite(+shown) ? +shown : null;
  };
  // "1,234", "5.6 %", "1.44 billion USD", "−0.3": the number in it, or null.
  const units = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12, k: 1e3, m: 1e6, bn: 1e9, tn: 1e12 };
  function number(shown) {
    const found = /^[<≤≥≈]?\s*([+−-]?[\d,]*\.?\d+)(?:\s*(thousand|million|billion|trillion|k|m|bn|tn)\b)?/.exec(shown);
    if (!found) return null;
    return parseFloat(found[1].replace(/,/g, "").replace("−", "-")) * (units[found[2]] || 1);
  }
  function sort(table, column, heading) {
    const body = table.tBodies[0], rows = Array.from(body.rows);
    const keyed = rows.map((row, place) => ({ row, place, shown: sortedBy(row.cells[column]), value: valueOf(row.cells[column]) }));
    const numbers = keyed.filter((k) => k.value !== null).length * 2 > keyed.length;
    // Numbers from the largest at first, texts from A; then the other way round.
    const before = heading.getAttribute("aria-sort"), down = before ? before === "ascending" : numbers;
    table.querySelectorAll("thead th").forEach((th) => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    keyed.sort((a, b) => {
      const x = numbers ? a.value : a.shown, y = numbers ? b.value : b.shown;
      const empty = (k) => (numbers ? k.value === null : k.shown === "");
      if (empty(a) || empty(b)) return empty(a) - empty(b) || a.place - b.place;
      const way = x < y ? -1 : x > y ? 1 : 0;
      return (down ? -way : way) || a.place - b.place;
    });
    body.append(...keyed.map((k) => k.row));
  }
  const quoted = (shown) => (/[",\n]/.test(shown) ? '"' + shown.replace(/"/g, '""') + '"' : shown);
  function download(table, name) {
    const rows = Array.from(table.rows).map((row) => Array.from(row.cells).flatMap(behind).map(quoted).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + rows.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = name + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  function button(table, name) {
    const add = document.createElement("button");
    add.type = "button";
    add.className = "download";
    add.textContent = "Download as CSV";
    add.onclick = () => download(table, typeof name === "function" ? name() : name);
    (table.closest(".scroll") || table).after(add);
  }
  document.querySelectorAll("main table").forEach((table, n) => {
    const section = table.closest("section");
    const name = table.dataset.name || (section ? section.id : "table") + "_" + (table.id || n + 1);
    if (table.id === "importers" || table.id === "suppliers") {
      const chosen = (id) => { const s = document.getElementById(id); return s.selectedOptions.length ? s.selectedOptions[0].text.split(" ")[0] : ""; };
      button(table, () => table.id + "_" + chosen("product") + "_" + chosen("year"));
      return;
    }
    if (table.closest("#behind")) return;
    button(table, name);
    if (!table.classList.contains("plain") || !table.tHead || table.tHead.rows.length !== 1) return;
    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      const sorter = document.createElement("button");
      sorter.type = "button";
      sorter.append(...heading.childNodes);
      sorter.onclick = () => sort(table, column, heading);
      heading.append(sorter);
    });
  });
  // What is folded on the screen is whole in print.
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((fold) => { fold.open = true; }));
})();
