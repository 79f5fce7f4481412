// Tables of a brief: sorted, downloaded; what is folded on the screen is whole in print.
(function () {
  document.querySelectorAll("main table").forEach((table, n) => monaziteTables.complete(table, table.dataset.name || "table_" + (n + 1), false));
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((fold) => { fold.open = true; }));
  addEventListener("resize", monaziteTables.boxes);
  monaziteTables.boxes();
})();
