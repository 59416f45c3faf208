// Ask before a form is left with something typed in it that is not saved.
const form = document.querySelector("#content-main form[method=post]");

const content = () => new URLSearchParams(new FormData(form)).toString();

if (form) {
  // A form that came back holds what was typed before.
  let before = document.querySelector(".errornote") ? "" : content();
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget !== "_blank") before = null;
  });
  addEventListener("beforeunload", (event) => {
    if (before !== null && content() !== before) event.preventDefault();
  });
}
