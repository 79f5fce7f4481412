(function () {
  const { FIRST, download, button, after, complete, boxes } = monaziteTables;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const products = Array.from(document.querySelectorAll("select.of-product"));
  const years = Array.from(document.querySelectorAll("select.of-year"));
  const floor = byId("floor");
  const name = (c) => data.countries[c];
  const percent = (v) => (100 * v).toFixed(v < 0.0995 ? 1 : 0) + " %";
  const usd = (v) => {
    const m = v / 1000;
    return m >= 1000 ? (m / 1000).toFixed(m >= 10000 ? 0 : 1) + " bn" : m.toFixed(m >= 10 ? 0 : 1) + " m";
  };
  // Columns come by name with the data, so that a further one changes nothing here.
  const formats = { country: name, usd, percent, number: (v, digits) => v.toFixed(digits) };
  const shown = (column, row) => {
    const v = row[column.name];
    return v === null ? "" : formats[column.format](v, column.digits);
  };
  const named = (names, values) => Object.fromEntries(names.map((n, at) => [n, values[at]]));
  const rowsOf = (columns, rows) => rows.map((values) => named(columns.map((c) => c.name), values));
  const state = { chosen: null };
  for (const id of ["buyers", "importers", "suppliers"]) state[id] = { column: data.sorted[id], down: true, all: false, rows: [], columns: [] };

  function value(row, column) {
    return column.format === "country" && row[column.name] !== null ? name(row[column.name]) : row[column.name];
  }

  function element(tag, text) {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    return e;
  }

  function headings(id, columns, key) {
    const head = element("thead"), headRow = element("tr");
    for (const column of columns) {
      const th = element("th"), sorter = element("button", column.heading + (column.format === "usd" ? ", USD" : ""));
      th.scope = "col";
      if (column.format === "country") th.className = "text";
      if (column === key) th.setAttribute("aria-sort", state[id].down ? "descending" : "ascending");
      sorter.type = "button";
      sorter.dataset.key = "column " + column.name;
      sorter.onclick = () => {
        Object.assign(state[id], { column: column.name, down: column === key ? !state[id].down : column.format !== "country" });
        show();
      };
      th.append(sorter);
      headRow.append(th);
    }
    head.append(headRow);
    return head;
  }

  function table(id, all, rows, onCountry) {
    // A column that is empty in all rows is not shown unless it always is.
    const columns = all.filter((c) => !c.optional || rows.some((row) => row[c.name] !== null));
    const marked = all.find((c) => c.optional);
    const order = state[id], key = columns.find((c) => c.name === order.column);
    const sorted = rows.slice().sort((a, b) => {
      const x = value(a, key), y = value(b, key);
      if (x === null || y === null) return (x === null) - (y === null);
      const way = x < y ? -1 : x > y ? 1 : 0;
      return order.down ? -way : way;
    });
    Object.assign(order, { rows: sorted, columns });
    const body = element("tbody");
    for (const row of order.all ? sorted : sorted.slice(0, FIRST)) {
      const tr = element("tr");
      for (const column of columns) {
        const td = element("td");
        if (column.format === "country") td.className = "text";
        if (column.name === "country" && onCountry) {
          const chooser = element("button", shown(column, row));
          chooser.type = "button";
          chooser.dataset.key = "row " + row.country;
          chooser.onclick = () => onCountry(row);
          td.append(chooser);
          if (state.chosen === row.country) tr.className = "chosen";
        } else {
          td.textContent = shown(column, row) + (column.marks && marked && row[marked.name] !== null ? " ‡" : "");
        }
        tr.append(td);
      }
      body.append(tr);
    }
    // The keyboard stays on the button that was pressed, which is made anew.
    const place = byId(id), pressed = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    place.replaceChildren(headings(id, columns, key), body);
    if (pressed) {
      const again = Array.from(place.querySelectorAll("button")).find((b) => b.dataset.key === pressed);
      if (again) again.focus({ preventScroll: true });
    }
    order.more.hidden = sorted.length <= FIRST;
    order.more.textContent = order.all ? "Show the first " + FIRST : "Show all " + sorted.length;
  }

  // The rows as they are kept: every number raw, countries with their code.
  function rawRows(id) {
    const { rows, columns } = state[id];
    const headed = (c) => c.raw || c.heading;
    const cells = (make) => columns.flatMap(make);
    const values = (row) => cells((c) => {
      const v = row[c.name];
      if (c.format === "country") return v === null ? ["", ""] : [data.codes[v], name(v)];
      return [v === null ? "" : v];
    });
    return [cells((c) => (c.format === "country" ? [headed(c) + " (ISO3)", headed(c)] : [headed(c)]))].concat(rows.map(values));
  }

  function behind(row, p, t) {
    const box = byId("behind");
    if (!row || row.behind.length === 0) {
      box.hidden = true;
      return;
    }
    const title = element("h4", "Whose instability reaches " + name(row.country) + "? " + p.code + ", " + data.years[t]);
    const head = element("thead"), headRow = element("tr");
    for (const heading of data.behindHeadings) {
      const th = element("th", heading);
      th.scope = "col";
      headRow.append(th);
    }
    headRow.lastChild.style.textAlign = "left";
    head.append(headRow);
    const body = element("tbody"), suppliers = row.behind.map((values) => named(data.behind, values));
    const most = suppliers[0].contribution || 1;
    for (const { supplier, share, contribution, direct } of suppliers) {
      const tr = element("tr"), bars = element("td");
      tr.append(element("td", name(supplier)), element("td", share === 0 ? "none" : percent(share)), element("td", contribution.toFixed(3)));
      bars.style.textAlign = "left";
      const first = element("span"), second = element("span");
      first.className = "bar";
      second.className = "bar indirect";
      first.style.width = (180 * Math.min(direct, contribution) / most) + "px";
      second.style.width = (180 * Math.max(0, contribution - direct) / most) + "px";
      bars.append(first, second);
      tr.append(bars);
      body.append(tr);
    }
    const list = element("table");
    list.append(head, body);
    const note = element("p", "Dark: what the supplier adds as a direct supplier. Light: what it adds through others. A supplier with no share of imports reaches the country through third countries only.");
    note.className = "note";
    box.replaceChildren(title, list, note);
    box.hidden = false;
  }

  const chosenNow = () => [data.products[+products[0].value], +years[0].value];

  function show() {
    const [p, t] = chosenNow();
    if (!p) return;
    const of = p.years[t], when = p.code + " in " + data.years[t];
    const importers = rowsOf(data.importers, of.importers);
    importers.forEach((row, n) => { row.behind = of.behind[n]; });
    const rows = importers.filter((row) => row.share >= +floor.value);
    if (!rows.some((row) => row.country === state.chosen)) state.chosen = null;
    table("buyers", data.buyers, rowsOf(data.buyers, of.buyers));
    table("importers", data.importers, rows, choose);
    table("suppliers", data.suppliers, rowsOf(data.suppliers, of.suppliers));
    const covered = of.coverage === null ? "" : " Quantities cover " + percent(of.coverage) + " of the value.";
    byId("summary").textContent = of.world > 0
      ? when + ": world imports " + usd(of.world) + " USD, " + of.counts[0] + " importers." + covered
      : "No trade in " + when + ".";
    const loops = of.loops.length ? " ‡ In this year " + of.loops.join("; ") + "." : "";
    byId("told").textContent = when + ": " + rows.length + " importers and " + of.suppliers.length + " suppliers." + loops;
    const chosen = rows.find((row) => row.country === state.chosen);
    behind(chosen, p, t);
    boxes();
  }

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const bring = (box) => box.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });

  // The answer to a choice of a country stands below the tables: it is scrolled to and announced, and the keyboard stays where it is.
  function choose(row) {
    state.chosen = row.country;
    show();
    const box = byId("behind");
    byId("told").textContent += box.hidden
      ? " The run does not say whose instability reaches " + name(row.country) + "."
      : " Below: whose instability reaches " + name(row.country) + ".";
    if (!box.hidden) bring(box);
  }

  for (const id of ["buyers", "importers", "suppliers"]) {
    if (!byId(id)) return;
    const of = state[id];
    of.more = button("", () => { of.all = !of.all; show(); });
    after(byId(id), of.more, button("Download as CSV", () => {
      const [p, t] = chosenNow();
      download(rawRows(id), id + "_" + p.code + "_" + data.years[t]);
    }));
  }
  for (const group of [products, years]) {
    for (const control of group) {
      control.onchange = () => {
        group.forEach((other) => { other.value = control.value; });
        show();
        bring(control.closest("section").querySelector("[aria-live]"));
      };
    }
  }
  floor.onchange = show;
  show();
})();
(function () {
  const { complete, boxes } = monaziteTables;
  document.querySelectorAll("main table").forEach((table, n) => {
    if (["buyers", "importers", "suppliers"].includes(table.id) || table.closest("#behind")) return;
    const section = table.closest("section");
    complete(table, (section ? section.id : "table") + "_" + (table.id || n + 1), true);
  });
  // A part that is folded is measured once it is open; a link into one opens it; limitations are printed in full.
  document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", boxes));
  const open = () => {
    const to = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let part = to; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  };
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("#limitations details:not([open])"));
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
  addEventListener("hashchange", open);
  addEventListener("resize", boxes);
  open();
  boxes();
})();
