// The search page: facets follow the list, a choice filters at once, the right arrow shows the paper beside it.
const form = document.querySelector("form[data-auto]");
if (form) {
  form.addEventListener("change", () => form.requestSubmit());
  form.querySelector("button[type=submit]").classList.add("visually-hidden");
}

async function count(place) {
  const link = place.querySelector("p");
  const kept = link.innerHTML;
  link.textContent = "Đang đếm bộ lọc…";
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(place.dataset.facets);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    place.innerHTML = await answer.text();
    const total = place.querySelector("[data-counted]").dataset.counted;
    for (const shown of document.querySelectorAll("[data-total]")) shown.textContent = total;
  } catch {
    link.innerHTML = `Chưa đếm được bộ lọc. ${kept}`;
  }
  place.removeAttribute("aria-busy");
}
const facets = document.querySelector("[data-facets]");
if (facets) count(facets);

const list = document.querySelector("[data-rows]");
let pane = null;

const close = () => {
  if (pane) pane.remove();
  pane = null;
};

async function preview(link) {
  close();
  const opened = document.createElement("aside");
  pane = opened;
  opened.className = "preview";
  opened.setAttribute("aria-label", "Xem nhanh");
  const words = new URL(link.href).searchParams.get("q") || "";
  let page = 0;
  if (words) {
    const answer = await fetch(`/api/v1/records/${link.dataset.preview}/hits?${new URLSearchParams({ q: words })}`);
    const found = answer.ok ? await answer.json() : { hits: [] };
    if (found.hits.length) page = found.hits[0].boxes[0].page;
  }
  if (pane !== opened) return;
  const image = document.createElement("img");
  image.src = `/api/v1/records/${link.dataset.preview}/pages/${page + 1}.jpg?width=900`;
  image.alt = `Ảnh trang ${page + 1}`;
  const note = document.createElement("p");
  note.className = "muted";
  note.textContent = `Trang ${page + 1}. Enter mở hồ sơ, ← đóng.`;
  opened.append(note, image);
  document.body.append(opened);
}

document.addEventListener("keydown", (event) => {
  const link = document.activeElement;
  if (!link || !link.dataset || !link.dataset.preview) return;
  if (event.key === "ArrowRight") {
    event.preventDefault();
    preview(link);
  } else if (event.key === "ArrowLeft" || event.key === "Escape") {
    close();
  }
});
if (list) list.addEventListener("focusin", (event) => pane && event.target.dataset.preview && preview(event.target));

// A list that is being written is looked at again, without losing the place on the page.
const working = document.querySelector("[data-working]");
if (working) setTimeout(() => location.reload(), 2000);
