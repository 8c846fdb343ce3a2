// Tracking: what the reader did goes to POST /api/track, again if need be, and never in the way.
(() => {
  "use strict";
  const feedlab = window.feedlab;
  const PAUSES = [1000, 3000, 9000, 27000];
  const waiting = new Map(); // timer → what it will send again

  async function send(event, tries) {
    let status = 0;
    try {
      const answer = await fetch("/api/track", {
        method: "POST",
        keepalive: true, // goes out even when the page is being left
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(event),
      });
      status = answer.status;
    } catch {
      // the network: as good as a server that is down
    }
    if (status === 401) feedlab.toLogin();
    else if (status === 0 || status === 429 || status >= 500) later(event, tries);
  }

  function later(event, tries) {
    if (tries >= PAUSES.length) return;
    const timer = setTimeout(() => {
      waiting.delete(timer);
      send(event, tries + 1);
    }, PAUSES[tries]);
    waiting.set(timer, event);
  }

  feedlab.track = (postId, interactionType, metadata) =>
    send(metadata ? { postId, interactionType, metadata } : { postId, interactionType }, 0);

  addEventListener("pagehide", () => {
    for (const [timer, event] of waiting) {
      clearTimeout(timer);
      send(event, PAUSES.length);
    }
    waiting.clear();
  });
})();
