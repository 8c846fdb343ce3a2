// The colours: the system's, or the other ones if somebody chose them here.
// Loaded before the first paint, so that no page flashes in the wrong colours.
(() => {
  "use strict";
  const KEY = "feedlab-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const preferred = () => (system.matches ? "dark" : "light");

  function chosen() {
    try {
      const value = localStorage.getItem(KEY);
      return value === "dark" || value === "light" ? value : null;
    } catch {
      return null; // storage may be forbidden
    }
  }

  function apply() {
    document.documentElement.dataset.theme = chosen() ?? preferred();
  }

  function toggle() {
    const wanted = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      // What the system wants anyway is no choice: go on following it.
      if (wanted === preferred()) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, wanted);
    } catch {
      // then it holds until the page is left
    }
    document.documentElement.dataset.theme = wanted;
  }

  // Without a font for them, emoji are boxes: the chips then show a dot of their colour.
  function hasEmoji() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 20;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return true;
    context.font = "16px sans-serif";
    context.fillText("\u{1F33F}", 0, 16);
    const pixels = context.getImageData(0, 0, 20, 20).data;
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i + 3] && (pixels[i] || pixels[i + 1] || pixels[i + 2])) return true;
    }
    return false;
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.documentElement.dataset.emoji = hasEmoji() ? "yes" : "no";
  window.feedlab = { toggleTheme: toggle };
})();
