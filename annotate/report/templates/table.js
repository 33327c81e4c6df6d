"use strict";
// Sorting and filtering of the tables. Without JavaScript the tables are complete, in their own order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const label = document.createElement("label");
  label.className = "filter";
  label.append(table.dataset.search + " ");
  const input = document.createElement("input");
  input.type = "search";
  label.append(input);
  table.parentElement.before(label);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
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
      const value = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
      const order = (a, b) => value(a).localeCompare(value(b), "en", { numeric: true });
      const numeric = (a, b) => Number(value(a)) - Number(value(b));
      const rows = [...body.rows];
      const numbers = rows.every((row) => row.cells[column].dataset.sort !== undefined);
      rows.sort(numbers ? numeric : order);
      if (down) rows.reverse();
      body.append(...rows);
    });
  });
}
