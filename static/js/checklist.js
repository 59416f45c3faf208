// Enhancements of the checklist, which works without this file.
//
// data-call-card       the emergency card, shown under an emergency tick before anything is sent
// data-call-reasons    the list in it: the reader's own ticks
// data-form-questions  the fold of the questions, opened once one of them matters
// data-matters-for     a question, shown once one of these ticks (“symptom:tingling”) is ticked;
//                      if scripts run, styles hide it from the first paint
// data-level           the level of an answer; the form, which is no answer, has “nothing”
// data-start-again     a link that forgets the ticks
//
// The ticks are stored in the tab's history entry, so that Back restores them with the answer or the
// form. Closing the tab deletes them.

(() => {
  "use strict";

  const results = document.getElementById("checklist-results");
  if (!results) return;

  const MOST_REASONS = 3;
  const CALL = "Call for help now";
  const title = document.title.replace(`${CALL}: `, "");
  const status = document.querySelector("[data-status]");
  const form = () => document.getElementById("checklist");
  // The scroll position to return to, while the ticks of the history entry have not come back.
  let scrollBack = null;

  function save() {
    if (scrollBack !== null) return;
    const ticks = [...new FormData(form())].filter(([, value]) => value);
    const isForm = results.querySelector("[data-level]").dataset.level === "nothing";
    const fields = isForm ? [...ticks, ["change", "1"]] : ticks;
    // Without a state, Back would tick again what the address of a link ticks.
    history.replaceState(ticks.length || location.search ? { fields, y: scrollY } : null, "");
  }

  function restore({ fields, y }) {
    const values = new FormData();
    for (const field of fields) values.append(...field);
    scrollBack = y;
    // The form has the ticks at once, and while the server fails.
    const ticks = new Set(fields.map(([name, value]) => `${name}:${value}`));
    for (const box of form().elements) if (ticks.has(`${box.name}:${box.value}`)) box.checked = true;
    for (const fold of form().querySelectorAll("details")) if (fold.querySelector(":checked")) fold.open = true;
    const send = () => {
      if (scrollBack === null) return;
      const sent = htmx.ajax("POST", form().dataset.hxPost, { source: results, target: results, values });
      // An aborted request is no error. Failures are shown by swaps.js.
      sent.catch(() => {});
    };
    document.addEventListener("htmx:load", send, { once: true });
    // The event lets swaps.js load htmx, and say so if that fails.
    form().dispatchEvent(new Event("restore"));
  }

  // Show a question once one of the ticks that it matters for is ticked, or while it is answered.
  function showQuestions() {
    const ticked = new Set([...new FormData(form())].map(([name, value]) => `${name}:${value}`));
    for (const question of results.querySelectorAll("[data-matters-for]")) {
      const matters = question.dataset.mattersFor.split(" ").some((tick) => ticked.has(tick));
      const isShown = matters || question.querySelector("input:checked") !== null;
      if (isShown && !question.hasAttribute("data-shown")) question.closest("[data-form-questions]").open = true;
      question.toggleAttribute("data-shown", isShown);
    }
  }

  function showCall(changed) {
    const card = results.querySelector("[data-call-card]");
    if (card && (changed || card.hidden)) {
      const label = (tick) => tick.nextSibling.firstChild.textContent;
      const boxes = [...results.querySelectorAll(".tick-danger input")];
      const ticks = boxes.filter((box) => box.checked);
      // Only the server can tell whether several ticks still are an emergency together.
      const labels = new Set(boxes.map(label));
      const list = card.querySelector("[data-call-reasons]");
      const reasons = [...list.children].filter(({ textContent }) => !labels.has(textContent));
      for (const tick of ticks.slice(0, MOST_REASONS)) {
        const reason = document.createElement("li");
        reason.textContent = label(tick);
        reasons.push(reason);
      }
      list.replaceChildren(...reasons.slice(0, MOST_REASONS));
      if (ticks.includes(changed)) changed.closest(".tick").after(card);
      if (card.hidden && ticks.length) status.textContent = `${CALL}. Call 999, 112, 911 or your local number.`;
      card.hidden = !reasons.length;
    }
    const isShown = results.querySelector(".urgent:not([hidden])");
    document.title = isShown ? `${CALL}: ${title}` : title;
  }

  document.addEventListener("change", ({ target }) => {
    if (!results.contains(target)) return;
    // An answer that is still on its way does not know this tick, which it would replace.
    window.htmx?.trigger(results, "htmx:abort");
    const before = target.getBoundingClientRect().top;
    showQuestions();
    showCall(target);
    // Questions appear above: keep the tapped element under the finger.
    scrollBy(0, target.getBoundingClientRect().top - before);
    scrollBack = null;
    save();
  });

  // A link within the answer adds a history entry.
  addEventListener("hashchange", save);

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-start-again]")) history.replaceState(null, "");
    else if (target.closest("a, button")) save();
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target !== results) return;
    // Radio buttons that were swapped out belonged to the new form for a moment, and unchecked its own.
    form().reset();
    showQuestions();
    showCall(null);
    if (scrollBack !== null) scrollTo(0, scrollBack);
    // What has come in is longer or shorter: scroll its heading to the top of the screen.
    else if (document.activeElement.id === "results") document.activeElement.scrollIntoView();
    scrollBack = null;
    save();
  });

  if (history.state?.fields) restore(history.state);
  showQuestions();
  showCall(null);
})();
