// Names for what the admin's own scripts make without one.
const nameAll = () => {
  for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const select = box.closest(".select2-container")?.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
    box.setAttribute("aria-label", `Search: ${label?.textContent.trim() || "rows"}`);
  }
  for (const hint of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) {
    hint.setAttribute("role", "img");
  }
};

nameAll();
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
