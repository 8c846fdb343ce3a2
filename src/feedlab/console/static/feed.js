// Reading a feed: which posts were viewed and for how long, the next page as it is needed, keys.
(() => {
  "use strict";
  const feedlab = window.feedlab;
  const ENOUGH = 500; // ms that a post has to be visible to count as viewed
  const viewed = new Set(); // post ids, each once a page load
  const watched = new Map(); // card → { since, counted, total, depth }

  // A post taller than the screen is visible when it fills half of the screen.
  const isVisible = (entry) =>
    entry.isIntersecting &&
    (entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= 0.5 * (entry.rootBounds?.height ?? innerHeight));

  function pause(state) {
    if (state.since === null) return;
    const shown = performance.now() - state.since;
    state.total += shown;
    state.counted ||= shown >= ENOUGH;
    state.since = null;
  }

  function finish(card) {
    const state = watched.get(card);
    const id = card.dataset.post;
    if (!state || viewed.has(id)) return undefined;
    pause(state);
    if (!state.counted) return undefined;
    viewed.add(id);
    return feedlab.track(id, "view", {
      duration: Math.round(state.total),
      scrollDepth: Math.round(state.depth * 100) / 100,
    });
  }

  const views = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const state = watched.get(entry.target);
        if (!state) continue;
        const { top, height } = entry.boundingClientRect;
        if (entry.isIntersecting && height > 0) {
          state.depth = Math.max(state.depth, Math.min(1, (entry.intersectionRect.bottom - top) / height));
        }
        state.visible = isVisible(entry);
        if (!state.visible) pause(state);
        else if (document.visibilityState === "visible") state.since ??= performance.now();
        if (!entry.isIntersecting) finish(entry.target);
      }
    },
    { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] },
  );

  feedlab.watch = (card) => {
    watched.set(card, { since: null, counted: false, total: 0, depth: 0, visible: false });
    views.observe(card);
  };
  feedlab.forget = (card) => {
    finish(card);
    views.unobserve(card);
    watched.delete(card);
  };

  const finishAll = () => [...watched.keys()].map(finish);
  feedlab.flushViews = () =>
    Promise.race([Promise.allSettled(finishAll()), new Promise((done) => setTimeout(done, 1500))]);

  addEventListener("pagehide", finishAll);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      finishAll();
      watched.forEach(pause); // what was too short starts anew
    } else {
      for (const state of watched.values()) if (state.visible) state.since = performance.now();
    }
  });

  // The next page is asked for before the reader arrives at the end.
  const nearEnd = new IntersectionObserver(
    (entries) => {
      const button = entries.some((entry) => entry.isIntersecting) && document.querySelector(".fl-more button");
      if (button) feedlab.actions.more(button);
    },
    { rootMargin: "900px" },
  );
  feedlab.whenThere(".fl-more[data-auto]", (foot) => {
    nearEnd.disconnect();
    if (foot) nearEnd.observe(foot);
  });

  function step(by) {
    const cards = [...document.querySelectorAll(".fl-card")];
    const at = cards.indexOf(document.activeElement?.closest(".fl-card"));
    const first = cards.findIndex((card) => card.getBoundingClientRect().top >= 56);
    const next = cards[at < 0 ? Math.max(first, 0) : at + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    next.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "l") document.activeElement?.closest(".fl-card")?.querySelector(".fl-like")?.click();
  });
})();
