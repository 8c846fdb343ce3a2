// What every page does: the actions of its buttons, signing in and out, and short messages.
(() => {
  "use strict";
  const feedlab = window.feedlab;

  const toast = Object.assign(document.createElement("div"), { className: "fl-toast" });
  toast.setAttribute("role", "status");
  document.addEventListener("DOMContentLoaded", () => document.body.append(toast));
  let fading = 0;

  feedlab.say = (text) => {
    toast.textContent = text;
    toast.classList.add("is-shown");
    clearTimeout(fading);
    fading = setTimeout(() => toast.classList.remove("is-shown"), 3200);
  };

  feedlab.toLogin = () => {
    location.assign("/login?next=" + encodeURIComponent(location.pathname));
  };

  feedlab.post = (path, body) =>
    fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });

  async function signOut() {
    try {
      await feedlab.post("/api/auth/logout");
      feedlab.toLogin();
    } catch {
      feedlab.say("The server does not answer, so you are still signed in.");
    }
  }

  // Backticks mark code in the server's messages.
  function write(element, text) {
    element.replaceChildren(
      ...text.split("`").map((part, i) => {
        const piece = document.createElement(i % 2 ? "code" : "span");
        piece.textContent = part;
        return piece;
      }),
    );
  }

  async function signIn(form) {
    const error = document.getElementById("login-error");
    const button = form.querySelector("[type=submit]");
    const { email, password } = form.elements;
    const missing = !email.value.trim() ? email : !password.value ? password : null;
    if (missing) {
      write(error, missing === email ? "Which email? One of the buttons above fills it in." : "Please type the password.");
      missing.focus();
      return;
    }
    button.disabled = true;
    write(error, "");
    try {
      const answer = await feedlab.post("/api/auth/login", { email: email.value.trim(), password: password.value });
      if (answer.ok) {
        location.replace(form.dataset.next);
        return; // the button stays disabled until the next page is there
      }
      const { message } = await answer.json();
      write(error, message.charAt(0).toUpperCase() + message.slice(1) + ".");
      password.select();
    } catch {
      write(error, "The server does not answer. Is `feedlab demo` or `feedlab serve` still running?");
    }
    button.disabled = false;
  }

  function pick(button) {
    const { email, password } = document.getElementById("login").elements;
    email.value = button.dataset.email;
    password.focus();
  }

  // A page's server side hears of it; until it says that it is done, the button rests.
  function ask(button, event) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    setTimeout(() => button.removeAttribute("aria-busy"), 30_000); // should the connection be lost
    window.emitEvent(event);
  }
  feedlab.done = () => {
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };

  const actions = {
    theme: () => feedlab.toggleTheme(),
    "sign-out": signOut,
    reload: () => location.reload(),
    "go-feed": () => location.assign("/feed"),
    pick,
    more: (button) => ask(button, "feed-more"),
    compare: (button) => ask(button, "compare-refresh"),
    refresh: async (button) => {
      // What has been seen must be known before the next slate is opened.
      await feedlab.flushViews();
      scrollTo({ top: 0 });
      ask(button, "feed-refresh");
    },
  };
  feedlab.actions = actions;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) actions[button.dataset.action]?.(button);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "login") return;
    event.preventDefault();
    signIn(event.target);
  });
  // The form is built after the page has loaded, too late for the attribute alone.
  feedlab.whenThere = (selector, use) => {
    let last = null;
    const look = () => {
      const found = document.querySelector(selector);
      if (found !== last) use((last = found));
    };
    document.addEventListener("DOMContentLoaded", () => {
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      look();
    });
  };
  feedlab.whenThere("#email", (email) => email?.focus());
})();
