// Keys of the review form; what is typed is kept in the browser until it is saved.
const form = document.getElementById("review");
const inputs = [...form.querySelectorAll("input[name]:not([type=hidden])")];
const draft = `sohoa.draft.${form.dataset.draft}`;

const saved = JSON.parse(sessionStorage.getItem(draft) || "{}");
for (const input of inputs) {
  if (saved[input.name] !== undefined) input.value = saved[input.name];
  input.addEventListener("input", () => {
    saved[input.name] = input.value;
    sessionStorage.setItem(draft, JSON.stringify(saved));
  });
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.ctrlKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.matches("input[name]")) {
    event.preventDefault();
    const next = inputs[inputs.indexOf(event.target) + 1];
    if (next) {
      next.focus();
      next.select();
    } else {
      form.querySelector("button.primary").focus();
    }
  }
});
