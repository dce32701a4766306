// Keys of the frame: "/" goes to the search box, arrows walk the rows of a table marked data-rows.
const find = document.getElementById("find");
const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && find && !typing(document.activeElement)) {
    event.preventDefault();
    find.focus();
    find.select();
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing(document.activeElement)) {
    const links = [...document.querySelectorAll("[data-rows] a[data-row]")];
    if (!links.length) return;
    const now = links.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? Math.min(now + 1, links.length - 1) : Math.max(now - 1, 0);
    event.preventDefault();
    links[next].focus();
  }
});

// What is destroyed asks once and names the thing.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
