"use strict";
// Sorting and filtering of the tables. Without JavaScript the tables are complete, in their own order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const bar = document.createElement("div");
  bar.className = "filter";
  const label = document.createElement("label");
  label.append(table.dataset.search + " ");
  const input = document.createElement("input");
  input.type = "search";
  label.append(input);
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  bar.append(label, status);
  table.parentElement.before(bar);
  const words = new Map();
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    let count = 0;
    for (const row of body.rows) {
      if (!words.has(row)) words.set(row, row.textContent.toLowerCase());
      row.hidden = !words.get(row).includes(wanted);
      if (!row.hidden) count += 1;
    }
    status.textContent = (table.dataset.shown ?? "{n} / {all}").replace("{n}", count).replace("{all}", body.rows.length);
  });
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const collator = new Intl.Collator("en", { numeric: true });
      const rows = [...body.rows].map((row) => {
        const sort = row.cells[column].dataset.sort;
        return { row, number: sort === undefined ? null : Number(sort), text: row.cells[column].textContent.trim() };
      });
      const numbers = rows.every((item) => item.number !== null);
      const sign = down ? -1 : 1;
      rows.sort((a, b) => sign * (numbers ? a.number - b.number : collator.compare(a.text, b.text)));
      body.append(...rows.map((item) => item.row));
    });
  });
}
// A link into a closed part opens it.
const open = () => {
  const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = wanted && wanted.closest("details:not([open])");
  if (closed) {
    closed.open = true;
    wanted.scrollIntoView();
  }
};
addEventListener("hashchange", open);
open();
