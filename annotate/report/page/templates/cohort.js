"use strict";
{
  const grid = document.getElementById("grid"), rows = [...grid.tBodies[0].rows], ids = grid.dataset.ids.split(" ");
  const first = {{ heads | length }};
  const names = ["filter", "flag", "time", "lesion", "state"];
  const control = Object.fromEntries(names.map((id) => [id, document.getElementById(id)]));
  const shown = document.getElementById("shown");
  const words = (row) => [...row.cells].slice(0, first).map((cell) => cell.textContent + " " + cell.title).join(" ").toLowerCase();
  const texts = new Map();
  const matches = (row, wanted) => {
    if (control.flag.value && row.dataset.f !== control.flag.value) return false;
    if (control.time.value && row.dataset.t !== control.time.value) return false;
    if (control.lesion.value !== "") {
      const cell = row.cells[first + Number(control.lesion.value)];
      if (!control.state.value.includes(cell.className.slice(-1))) return false;
    }
    if (!wanted) return true;
    if (!texts.has(row)) texts.set(row, words(row));
    return texts.get(row).includes(wanted);
  };
  const apply = () => {
    const wanted = control.filter.value.toLowerCase();
    let count = 0;
    for (const row of rows) {
      row.hidden = !matches(row, wanted);
      if (!row.hidden) count += 1;
    }
    shown.textContent = grid.dataset.shown.replace("{n}", count).replace("{all}", rows.length);
  };
  for (const each of Object.values(control)) each.addEventListener("input", apply);
  apply();
  // Every cell opens its lesion; those that are there are links of their own, for keyboards and without JavaScript.
  grid.tBodies[0].addEventListener("click", (event) => {
    const cell = event.target.closest("td.s");
    if (!cell || event.target.closest("a")) return;
    location.href = cell.parentElement.querySelector("a").href + "#lesion-" + ids[cell.cellIndex - first];
  });
}
