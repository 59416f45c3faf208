// Enhancements of every page. The site works without this file.
//
// data-print   a button that prints the page
// data-back    a link from a source back to the text, changed to the number that was tapped
// data-narrow  a field that filters the lists in data-narrowed, and its words for no match; data-words
//              of a line has further words to match
// data-status  the page's <p role="status">: the count is announced here

(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // The list of sources is folded: open every fold around what a link leads to.
  function reveal(id) {
    const target = document.getElementById(id);
    let fold = target?.closest("details");
    for (; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    return target;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const back = link && reveal(link.getAttribute("href").slice(1))?.querySelector("[data-back]");
    if (!back || !link.matches(".cite")) return;
    if (!link.id) {
      document.getElementById("tapped")?.removeAttribute("id");
      link.id = "tapped";
    }
    back.hash = link.id;
  });
  if (location.hash) reveal(location.hash.slice(1))?.scrollIntoView();

  // Filter a long list in groups by the typed text.
  document.querySelector("[data-narrow]")?.addEventListener("input", (event) => {
    const typed = event.target.value.trim().toLowerCase();
    let count = 0;
    for (const group of document.querySelectorAll("[data-narrowed]")) {
      const lines = [...group.querySelectorAll("li")];
      for (const line of lines) {
        line.hidden = !`${line.textContent} ${line.dataset.words}`.toLowerCase().includes(typed);
      }
      const matches = lines.filter((line) => !line.hidden).length;
      group.querySelector("summary .soft").textContent = matches;
      group.hidden = !matches;
      group.open = Boolean(typed);
      count += matches;
    }
    const news = count ? `${count} found` : event.target.dataset.narrow;
    document.querySelector("[data-status]").textContent = typed ? news : "";
  });

  // Leave empty parameters out of addresses, but not emptied numbers.
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.method === "post") return;
    const sent = [...formData].filter(([name, value]) => value || target.elements[name].type === "text");
    for (const [name] of [...formData]) formData.delete(name);
    for (const pair of sent) formData.append(...pair);
  });
  // When Back restores a page, Safari resets fields with autocomplete="off". Make what a reader left their
  // default, because the results beside them stay.
  addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll("input")) {
      field.defaultValue = field.value;
      field.defaultChecked = field.checked;
    }
    for (const option of document.querySelectorAll("option")) option.defaultSelected = option.selected;
  });
  // A form without values still adds its question mark.
  if (!location.search && location.href.includes("?")) history.replaceState(history.state, "", location.pathname + location.hash);
})();
