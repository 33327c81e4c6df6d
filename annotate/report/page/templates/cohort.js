"use strict";
{
  const grid = document.getElementById("grid"), body = grid.tBodies[0], ids = grid.dataset.ids.split(" ");
  const rows = [...body.rows, ...(document.getElementById("rest")?.content.children ?? [])];
  const listed = Number(grid.dataset.listed); // of many rows so many at a time: all of them would keep a browser busy
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
    const found = rows.filter((row) => matches(row, wanted));
    body.replaceChildren(...found.slice(0, listed));
    const text = found.length > listed ? grid.dataset.first : grid.dataset.shown;
    shown.textContent = text.replace("{n}", found.length).replace("{all}", rows.length).replace("{most}", listed);
  };
  for (const each of Object.values(control)) each.addEventListener("input", apply);
  apply();
  // Every cell opens its lesion; those that are there are links of their own, for keyboards and without JavaScript.
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("td.s");
    if (!cell || event.target.closest("a")) return;
    location.href = cell.parentElement.querySelector("a").href + "#lesion-" + ids[cell.cellIndex - first];
  });
}
