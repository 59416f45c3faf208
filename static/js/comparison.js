// Enhancements of the comparison table: Back, a busy sign, and sharing.
// The page works without this file.
//
// data-busy   set on the filter that was tapped, until the answer has come
// data-copy   a button, hidden until this file shows it, that copies the address in it
// data-share  a button, shown if the browser has a share sheet, for the same address

(() => {
  "use strict";

  const form = document.getElementById("comparison-filters");
  const status = document.querySelector("[data-status]");

  // All ticks are one step back: the first adds a history entry, the next ones replace it.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    form.removeAttribute("data-hx-push-url");
    form.dataset.hxReplaceUrl = "true";
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const tapped = event.detail.requestConfig.triggeringEvent?.target;
    tapped?.closest("label, .field")?.setAttribute("data-busy", "");
  });

  document.addEventListener("htmx:afterRequest", () => {
    for (const label of document.querySelectorAll("[data-busy]")) label.removeAttribute("data-busy");
  });

  function showButtons() {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
    for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
  }

  function address() {
    return new URL(document.querySelector("[data-copy]").dataset.copy, location.href).href;
  }

  async function copy(button) {
    try {
      await navigator.clipboard.writeText(address());
      button.textContent = "Link copied";
    } catch {
      button.textContent = "Not copied: the address bar has the link";
    }
    status.textContent = button.textContent;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    // The promise is rejected if a reader closes the share sheet, which is no failure.
    if (event.target.closest("[data-share]")) {
      navigator.share({ title: document.title, url: address() }).catch(() => {});
    }
  });

  showButtons();
  document.addEventListener("htmx:afterSettle", showButtons);
})();
