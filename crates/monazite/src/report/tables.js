"use strict";
// Tables on a page, those that stand on it and those a script fills: headings sort, a button gives the rows as csv with raw numbers, long ones
// show their first rows. Without a script they are plain tables.
const monaziteTables = (function () {
  const FIRST = 12;
  const text = (cell) => cell.textContent.replace(/ [↑↓]$/, "").trim();
  // What stands behind a cell: a number in full, or several things with "|" between them. A cell without is taken as shown.
  const raw = (cell) =>
    cell.dataset.csv !== undefined ? cell.dataset.csv.split("|") : [cell.dataset.value !== undefined ? cell.dataset.value : text(cell)];
  // A heading with the unit of the raw numbers.
  const headed = (cell) => (cell.dataset.csv !== undefined ? raw(cell) : [text(cell) + (cell.dataset.unit ? " (" + cell.dataset.unit + ")" : "")]);
  const shownBy = (cell) => (cell.dataset.sort !== undefined ? cell.dataset.sort : cell.dataset.csv !== undefined ? raw(cell)[0] : text(cell));
  // "1,234", "5.6 %", "1.44 billion USD", "−0.3": the number in it, or null.
  const units = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12, k: 1e3, m: 1e6, bn: 1e9, tn: 1e12 };
  function number(cell) {
    if (cell.dataset.value !== undefined) return parseFloat(cell.dataset.value);
    if (cell.dataset.csv !== undefined || cell.dataset.sort !== undefined) {
      const behind = shownBy(cell);
      return behind !== "" && Number.isFinite(+behind) ? +behind : null;
    }
    const found = /^[<≤≥≈]?\s*([+−-]?[\d,]*\.?\d+)(?:\s*(thousand|million|billion|trillion|k|m|bn|tn)\b)?/.exec(text(cell));
    return found ? parseFloat(found[1].replace(/,/g, "").replace("−", "-")) * (units[found[2]] || 1) : null;
  }
  function sort(table, column, heading) {
    const body = table.tBodies[0], rows = Array.from(body.rows);
    const keyed = rows.map((row, place) => ({ row, place, shown: shownBy(row.cells[column]), value: number(row.cells[column]) }));
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
    hideAfterFirst(table);
  }
  function hideAfterFirst(table) {
    const all = table.dataset.all !== "";
    Array.from(table.tBodies[0].rows).forEach((row, at) => { row.hidden = !all && at >= FIRST; });
  }
  const quoted = (shown) => (/[",\n]/.test(shown) ? '"' + shown.replace(/"/g, '""') + '"' : shown);
  const csv = (rows) => "\ufeff" + rows.map((row) => row.map((cell) => quoted(String(cell))).join(",") + "\r\n").join("");
  const rowsOf = (table) => Array.from(table.rows).map((row) => Array.from(row.cells).flatMap(row.parentNode === table.tHead ? headed : raw));
  function download(rows, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv;charset=utf-8" }));
    link.download = name + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  const after = (table, ...buttons) => (table.closest(".scroll") || table).after(...buttons);
  function button(label, onclick) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "download";
    made.textContent = label;
    made.onclick = onclick;
    return made;
  }
  // Makes a table that stands on a page sortable, with a button for its rows; with `cut` a long one shows its first rows.
  function complete(table, name, cut) {
    const buttons = [button("Download as CSV", () => download(rowsOf(table), name))];
    const plain = table.classList.contains("plain") && table.tHead && table.tHead.rows.length === 1;
    if (plain) {
      Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
        const sorter = document.createElement("button");
        sorter.type = "button";
        sorter.append(...heading.childNodes);
        sorter.onclick = () => sort(table, column, heading);
        heading.append(sorter);
      });
      if (cut && table.tBodies[0].rows.length > FIRST) {
        table.dataset.all = "";
        const more = button("Show all " + table.tBodies[0].rows.length, () => {
          table.dataset.all = table.dataset.all ? "" : "yes";
          more.textContent = table.dataset.all ? "Show the first " + FIRST : "Show all " + table.tBodies[0].rows.length;
          hideAfterFirst(table);
        });
        hideAfterFirst(table);
        buttons.unshift(more);
      }
    }
    after(table, ...buttons);
  }
  // What is wider than its place can be scrolled with the keyboard, and says that there is more.
  function boxes() {
    document.querySelectorAll(".scroll, figure.wide, figure.map, #behind").forEach((box) => {
      const over = box.scrollWidth > box.clientWidth + 1, hinted = box.previousElementSibling;
      const hint = hinted && hinted.classList.contains("hint") ? hinted : null;
      if (over && !hint) {
        const told = document.createElement("p");
        told.className = "hint note";
        told.textContent = "Wider than the page: scroll sideways →";
        box.before(told);
      } else if (!over && hint) hint.remove();
      if (over || box.scrollHeight > box.clientHeight + 1) {
        box.tabIndex = 0;
        if (box.tagName !== "FIGURE") box.setAttribute("role", "region");
        if (!box.hasAttribute("aria-label")) {
          const heading = box.closest("details, section")?.querySelector("summary, h2, h3, h4");
          const table = box.querySelector("table[id]");
          box.setAttribute("aria-label", (heading ? heading.textContent : "Table") + (table ? ": " + table.id : "") + ", can be scrolled");
        }
      }
    });
  }
  return { FIRST, number, download, button, after, complete, boxes };
})();
