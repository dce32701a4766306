// A file dropped anywhere on the form is sent at once; one verdict at a time, nothing is kept.
const form = document.getElementById("check");
const input = document.getElementById("file");
const working = document.getElementById("working");

form.addEventListener("submit", () => {
  working.textContent = "Đang gửi và kiểm tra…";
  form.querySelector("button").disabled = true;
});

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  if (event.dataTransfer.files.length !== 1) {
    working.textContent = "Hãy thả từng tệp một.";
    return;
  }
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});

// Back from the history the form must take another file.
addEventListener("pageshow", () => {
  form.querySelector("button").disabled = false;
  working.textContent = "";
});

const result = document.getElementById("result");
if (result) result.focus();
