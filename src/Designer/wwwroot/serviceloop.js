// Runs before the first paint. Remembers in cookies what the server needs to draw the first picture right, and helps pages where .NET cannot.
(() => {
  "use strict";

  const system = matchMedia("(prefers-color-scheme: dark)");
  const listeners = new Set();

  const read = name => document.cookie.split("; ").find(c => c.startsWith(name + "="))?.slice(name.length + 1) ?? "";
  const write = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  };

  const browser = () => ({
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    choice: read("serviceloop-appearance") || "system",
    systemIsDark: system.matches,
  });

  const paint = () => {
    const choice = browser().choice;
    const dark = choice === "dark" || (choice === "system" && system.matches);
    document.documentElement.dataset.appearance = dark ? "dark" : "light";
  };

  const remember = () => {
    write("serviceloop-system", system.matches ? "dark" : "light");
    write("serviceloop-zone", browser().zone);
    paint();
  };

  // One that cannot be told is away for a moment; one that is gone was taken from the list.
  const tell = (what, ...values) => listeners.forEach(listener => listener.invokeMethodAsync(what, ...values).catch(() => {}));

  remember();
  system.addEventListener("change", () => {
    remember();
    tell("SystemChanged", system.matches);
  });

  // Only what a person does keeps the session alive, not what an open page asks by itself.
  let used = 0;
  const use = event => {
    if (event.isTrusted && Date.now() - used > 60000) {
      used = Date.now();
      tell("Used");
    }
  };
  ["pointerdown", "keydown", "click"].forEach(name => document.addEventListener(name, use, true));

  // A lost connection is told in our words; see ConnectionNotice.razor. When the circuit is gone for good, the page is loaded again as soon as a server is there.
  let watch = 0;
  const lookForServer = () =>
    fetch("/health/live", { cache: "no-store" }).then(
      answer => answer.ok && location.reload(),
      () => {}
    );
  // It does not bubble, so it is caught on its way down.
  document.addEventListener(
    "components-reconnect-state-changed",
    event => {
      const state = event.detail?.state;
      if (state === "hide") {
        clearInterval(watch);
        watch = 0;
      } else if ((state === "failed" || state === "rejected") && !watch) {
        watch = setInterval(lookForServer, 3000);
        lookForServer();
      }
    },
    true
  );
  document.addEventListener("click", event => {
    const action = event.target.closest?.("[data-connection]")?.dataset.connection;
    if (action === "retry") {
      Blazor.reconnect().then(found => found || location.reload(), () => {});
    } else if (action === "reload") {
      location.reload();
    }
  });

  window.serviceLoop = {
    browser,
    listen: listener => listeners.add(listener),
    forget: listener => listeners.delete(listener),
    choose: choice => {
      write("serviceloop-appearance", choice);
      paint();
    },
    // Puts a text on the clipboard; over plain HTTP browsers offer only the old way. Answers whether it worked.
    copy: async text => {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
        field.select();
        const done = document.execCommand("copy");
        field.remove();
        return done;
      }
    },
    // Saves a file that .NET streams.
    save: async (name, stream) => {
      const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
      const link = Object.assign(document.createElement("a"), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    },
  };
})();
