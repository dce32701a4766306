// n and p walk the pages that differ; a comparison in the background is asked after until it ends.
const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(document.activeElement)) return;
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
  if (link) link.click();
});

const notice = document.getElementById("comparison");
if (notice) {
  const ask = async () => {
    try {
      const answer = await fetch(`/api/v1/records/${notice.dataset.record}/comparison`);
      const progress = answer.ok ? await answer.json() : null;
      if (progress && progress.finished) return location.reload();
      if (progress) {
        notice.querySelector("[data-done]").textContent = progress.done;
        notice.querySelector("progress").value = progress.done;
      }
    } catch {
      // The server is away for a moment: asked again.
    }
    setTimeout(ask, 3000);
  };
  setTimeout(ask, 3000);
}
