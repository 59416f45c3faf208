// Accessible names for elements that the admin's scripts create without one.
const labelOf = (container) => {
  const select = container?.previousElementSibling;
  const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
  return label?.textContent.trim().replace(/:$/, "") || select?.getAttribute("aria-label") || "Rows";
};

const nameAll = () => {
  for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    box.setAttribute("aria-label", `Search: ${labelOf(box.closest(".select2-container"))}`);
  }
  for (const box of document.querySelectorAll(".select2-selection[role]:not([aria-label])")) {
    const name = labelOf(box.closest(".select2-container"));
    for (const part of [box, box.querySelector("[role=textbox]")]) {
      part?.removeAttribute("aria-labelledby");
      part?.setAttribute("aria-label", name);
    }
  }
  for (const cross of document.querySelectorAll("ul > .select2-selection__clear:not([role])")) {
    cross.setAttribute("role", "listitem");
  }
  for (const head of document.querySelectorAll(".tabular th:empty")) {
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = head.matches(".original") ? "Row" : "Delete";
    head.append(name);
  }
  for (const hint of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) {
    hint.setAttribute("role", "img");
  }
};

nameAll();
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
