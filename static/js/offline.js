// The page of warning signs: one button saves it for use without a connection, another removes it.
// Nothing is stored before a reader presses the first.

(() => {
  "use strict";

  const box = document.querySelector("[data-offline]");
  if (!box || !("serviceWorker" in navigator)) return;
  const keep = box.querySelector("[data-keep]");
  const remove = box.querySelector("[data-remove]");
  const workers = navigator.serviceWorker;
  const registered = () => workers.getRegistration(location.pathname);

  async function show() {
    const isKept = Boolean(await registered());
    keep.hidden = isKept;
    remove.hidden = !isKept;
    box.hidden = false;
  }

  function on(button, act, done) {
    button.addEventListener("click", async () => {
      const status = box.querySelector("[role=status]");
      try {
        await act();
        status.textContent = done;
      } catch {
        status.textContent = "That did not work. Please check your connection and try again.";
      }
      await show();
      (keep.hidden ? remove : keep).focus();
    });
  }

  on(keep, async () => {
    await workers.register(box.dataset.offline);
    await workers.ready;
  }, "This page is kept on this device. It opens without a connection.");

  on(remove, async () => {
    await (await registered())?.unregister();
    await caches.delete("safety");
  }, "Removed. Nothing of this site is kept on this device.");

  show();
})();
