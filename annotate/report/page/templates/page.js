// The letter is copied by a button; a choice decides whether paper shows everything.
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.from).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(document.getElementById(button.dataset.from));
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      document.execCommand("copy");
    }
    button.textContent = button.dataset.done;
  });
}
const everything = document.getElementById("everything");
if (everything) {
  everything.addEventListener("change", () => {
    document.body.classList.toggle("paper-full", everything.checked);
    document.body.classList.toggle("paper-short", !everything.checked);
  });
}
