// The page with a box over each word; a value that is pointed at lights its box on the page.
const viewer = document.getElementById("viewer");
const image = document.getElementById("page");
const layer = document.getElementById("words");
const leaf = viewer.querySelector(".leaf");
const record = viewer.dataset.record;
const total = Number(viewer.dataset.pages);
const SVG = "http://www.w3.org/2000/svg";
let number = 0;
let zoom = 1;
let pages = [];

// What was searched for: the service says where it stands, so that the marks are those of the result list.
let hits = [];
let at = -1;

const rect = ([x0, y0, x1, y1], kind) => {
  const box = document.createElementNS(SVG, "rect");
  box.setAttribute("x", x0);
  box.setAttribute("y", y0);
  box.setAttribute("width", x1 - x0);
  box.setAttribute("height", y1 - y0);
  if (kind) box.classList.add(kind);
  return box;
};

function draw() {
  const page = pages[number];
  layer.replaceChildren();
  if (!page) return;
  layer.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  hits.forEach((hit, place) => {
    for (const part of hit.boxes) if (part.page === number) layer.append(rect(part.box, place === at ? "now" : "hit"));
  });
  for (const word of page.words) {
    const box = rect(word.box, "");
    const title = document.createElementNS(SVG, "title");
    title.textContent = word.text;
    box.append(title);
    layer.append(box);
  }
}

function show(next) {
  number = Math.max(0, Math.min(total - 1, next));
  // Boxes of one page must not lie on the picture of another while it loads.
  leaf.classList.add("loading");
  image.src = `/api/v1/records/${record}/pages/${number + 1}.jpg`;
  image.alt = `Ảnh trang ${number + 1}`;
  document.getElementById("page-number").textContent = number + 1;
  draw();
}

for (const end of ["load", "error"]) image.addEventListener(end, () => leaf.classList.remove("loading"));

export function light(page, box) {
  if (page !== number) show(page);
  layer.querySelectorAll(".lit").forEach((old) => old.remove());
  const mark = rect(box, "lit");
  layer.append(mark);
  mark.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const boxOf = (element) => element.dataset.box.split(",").map(Number);
for (const element of document.querySelectorAll("[data-box]:not(canvas)")) {
  for (const event of ["focus", "mouseenter"]) {
    element.addEventListener(event, () => light(Number(element.dataset.page), boxOf(element)));
  }
}

// Strips of the scan above doubtful values, cut from the page image in the browser.
async function cut() {
  const images = new Map();
  for (const canvas of document.querySelectorAll("canvas[data-box]")) {
    const page = Number(canvas.dataset.page);
    if (!images.has(page)) {
      const picture = new Image();
      picture.src = `/api/v1/records/${record}/pages/${page + 1}.jpg?width=1654`;
      images.set(page, picture.decode().then(() => picture));
    }
    try {
      const picture = await images.get(page);
      const scale = picture.naturalWidth / pages[page].width;
      const [x0, y0, x1, y1] = boxOf(canvas).map((value) => value * scale);
      const pad = (y1 - y0) * 0.35;
      const area = [Math.max(0, x0 - pad), Math.max(0, y0 - pad), x1 - x0 + 2 * pad, y1 - y0 + 2 * pad];
      canvas.width = area[2];
      canvas.height = area[3];
      canvas.getContext("2d").drawImage(picture, ...area, 0, 0, area[2], area[3]);
      canvas.hidden = false;
    } catch {
      canvas.remove();
    }
  }
}

for (const button of document.querySelectorAll("[data-turn]")) {
  button.addEventListener("click", () => show(number + Number(button.dataset.turn)));
}
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    zoom = Math.max(0.5, Math.min(4, zoom * Number(button.dataset.zoom)));
    leaf.style.setProperty("--zoom", `${zoom * 100}%`);
  });
}

// n and N go from hit to hit, over pages.
const bar = document.getElementById("hits");
function jump(step) {
  if (!hits.length) return;
  at = (at + step + hits.length) % hits.length;
  const first = hits[at].boxes[0];
  if (first.page === number) draw();
  else show(first.page);
  bar.querySelector("b").textContent = at + 1;
  const mark = layer.querySelector(".now");
  if (mark) mark.scrollIntoView({ block: "center", inline: "nearest" });
}
async function search(words) {
  const found = await fetch(`/api/v1/records/${record}/hits?${new URLSearchParams({ q: words })}`);
  if (!found.ok || !bar) return;
  hits = (await found.json()).hits;
  bar.hidden = false;
  bar.querySelector("span").hidden = !hits.length;
  bar.querySelector("em").hidden = hits.length > 0;
  bar.querySelector("i").textContent = hits.length;
  if (hits.length) jump(1);
}
if (bar) {
  for (const button of bar.querySelectorAll("[data-hit]")) button.addEventListener("click", () => jump(Number(button.dataset.hit)));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "n") jump(1);
    else if (event.key === "N") jump(-1);
  });
}

const answer = await fetch(`/api/v1/records/${record}/words`);
if (answer.ok) {
  pages = await answer.json();
  draw();
  if (viewer.dataset.q) await search(viewer.dataset.q);
  await cut();
  const focused = document.activeElement;
  if (focused && focused.dataset && focused.dataset.box) light(Number(focused.dataset.page), boxOf(focused));
}
