"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const product = byId("product"), year = byId("year"), floor = byId("floor");
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
  const largestFirst = (id) => ({ column: data.sorted[id], down: true });
  const state = { importers: largestFirst("importers"), suppliers: largestFirst("suppliers"), chosen: null };

  function value(row, column) {
    return column.format === "country" ? name(row[column.name]) : row[column.name];
  }

  function element(tag, text) {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    return e;
  }

  function table(id, columns, rows, onCountry) {
    const order = state[id], key = columns.find((c) => c.name === order.column);
    const sorted = rows.slice().sort((a, b) => {
      const x = value(a, key), y = value(b, key);
      if (x === null || y === null) return (x === null) - (y === null);
      const way = x < y ? -1 : x > y ? 1 : 0;
      return order.down ? -way : way;
    });
    const head = element("thead"), headRow = element("tr");
    for (const column of columns) {
      const th = element("th"), button = element("button", column.heading);
      th.scope = "col";
      if (column === key) th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      button.type = "button";
      button.dataset.key = "column " + column.name;
      button.onclick = () => {
        state[id] = { column: column.name, down: column === key ? !order.down : column.format !== "country" };
        show();
      };
      th.append(button);
      headRow.append(th);
    }
    head.append(headRow);
    const body = element("tbody");
    for (const row of sorted) {
      const tr = element("tr");
      for (const column of columns) {
        const td = element("td");
        if (column.format === "country" && onCountry) {
          const button = element("button", shown(column, row));
          button.type = "button";
          button.dataset.key = "row " + row.country;
          button.onclick = () => onCountry(row);
          td.append(button);
          if (state.chosen === row.country) tr.className = "chosen";
        } else {
          td.textContent = shown(column, row);
        }
        tr.append(td);
      }
      body.append(tr);
    }
    // The keyboard stays on the button that was pressed, which is made anew.
    const place = byId(id), pressed = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    place.replaceChildren(head, body);
    if (pressed) {
      const again = Array.from(place.querySelectorAll("button")).find((button) => button.dataset.key === pressed);
      if (again) again.focus({ preventScroll: true });
    }
  }

  function behind(row, p, t) {
    const box = byId("behind");
    if (!row || row.behind.length === 0) {
      box.hidden = true;
      return;
    }
    const title = element("h3", "Whose instability reaches " + name(row.country) + "? " + p.code + ", " + data.years[t]);
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

  function show() {
    const p = data.products[+product.value], t = +year.value;
    if (!p) return;
    const of = p.years[t];
    const importers = rowsOf(data.importers, of.importers);
    importers.forEach((row, n) => { row.behind = of.behind[n]; });
    const rows = importers.filter((row) => row.share >= +floor.value);
    if (!rows.some((row) => row.country === state.chosen)) state.chosen = rows.length ? rows[0].country : null;
    table("importers", data.importers, rows, (row) => { state.chosen = row.country; show(); });
    table("suppliers", data.suppliers, rowsOf(data.suppliers, of.suppliers));
    byId("summary").textContent = of.world > 0
      ? p.code + " in " + data.years[t] + ": world trade " + usd(of.world) + " USD, " + of.counts[0] + " importers, " +
        of.counts[1] + " countries with influence. Shown: " + rows.length + " importers and " + of.suppliers.length + " suppliers."
      : "No trade in " + p.code + " in " + data.years[t] + ".";
    behind(rows.find((row) => row.country === state.chosen), p, t);
  }

  for (const control of [product, year, floor]) control.onchange = show;
  show();
})();
