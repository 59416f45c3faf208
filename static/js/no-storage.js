// htmx writes the address of the page, and so what a reader ticked, into sessionStorage.
// It asks first whether there is one: here there is none, and it does without.
Object.defineProperty(window, "sessionStorage", {
  get() { throw new DOMException("This site keeps nothing in the browser.", "SecurityError"); },
});
