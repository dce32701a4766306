// Live counters of a batch by server-sent events; files are sent one after the other, each with its own line.
const live = document.getElementById("live");
const batch = live.dataset.batch;

async function refresh() {
  const answer = await fetch(`/lo/${batch}/bang${location.search}`);
  if (answer.ok) live.innerHTML = await answer.text();
}

if (live.dataset.ended === "no") {
  const source = new EventSource(`/api/v1/batches/${batch}/events`);
  source.addEventListener("progress", refresh);
  source.addEventListener("end", () => {
    source.close();
    refresh();
  });
}

const form = document.getElementById("send");
if (form) {
  const lines = document.getElementById("sending");
  const line = (text) => {
    const item = document.createElement("li");
    item.textContent = text;
    lines.append(item);
    return item;
  };

  async function send(file) {
    const item = line(`${file.name}: đang gửi và kiểm dấu mật…`);
    const body = new FormData();
    body.append("files", file, file.name);
    const owner = form.elements.owner_hint.value.trim();
    if (owner) body.append("owner_hint", owner);
    try {
      const answer = await fetch(`/api/v1/batches/${batch}/files`, { method: "POST", body });
      const data = await answer.json();
      if (!answer.ok) {
        item.textContent = `${file.name}: ${data.detail || "chưa gửi được, hãy gửi lại."}`;
        return;
      }
      const row = data.files[0];
      item.textContent = row.reason_vi ? `${file.name}: ${row.reason_vi}` : `${file.name}: đã nhận, mã băm ${row.sha256.slice(0, 12)}…`;
    } catch {
      item.textContent = `${file.name}: mất kết nối, hãy gửi lại tệp này.`;
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    for (const file of form.elements.files.files) await send(file);
    button.disabled = false;
    form.elements.files.value = "";
    refresh();
  });
}
