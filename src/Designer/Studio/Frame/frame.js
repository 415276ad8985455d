// Starts Elsa Studio's elements, and changes them in place: a new page would start its runtime again, which takes seconds.
(() => {
  "use strict";

  const base = new URL(document.baseURI).pathname;
  const screens = [
    { name: "Definitions", path: /^(?:workflows\/definitions\/?)?$/, tag: "elsa-workflow-definition-list", opens: { editWorkflowDefinition: editorOf } },
    { name: "Editor", path: /^workflows\/definitions\/([^/]+)\/edit\/?$/, tag: "elsa-workflow-definition-editor", id: "definition-id", below: "Definitions" },
    { name: "Instances", path: /^workflows\/instances\/?$/, tag: "elsa-workflow-instance-list", opens: { viewWorkflowInstance: viewerOf } },
    { name: "Viewer", path: /^workflows\/instances\/([^/]+)\/view\/?$/, tag: "elsa-workflow-instance-viewer", id: "instance-id", below: "Instances", opens: { editWorkflowDefinition: editorOf } },
  ];
  const stage = document.getElementById("stage");
  const splash = document.getElementById("splash");
  const splashText = document.getElementById("splash-text");
  const progress = document.getElementById("splash-progress");
  const late = document.getElementById("splash-late");
  const patienceMs = 45000;
  // A removed element is disposed of about a second later; two at once would draw their menus and dialogs twice.
  const disposalMs = 1100;
  let shown = null;
  let turn = 0;
  let lateTimer = 0;

  function editorOf(id) { return `${base}workflows/definitions/${encodeURIComponent(id)}/edit`; }
  function viewerOf(id) { return `${base}workflows/instances/${encodeURIComponent(id)}/view`; }

  function locate(path) {
    if (!path.startsWith(base)) return null;
    const rest = path.slice(base.length);
    for (const screen of screens) {
      const match = screen.path.exec(rest);
      if (match) return { screen, id: match[1] ? decodeURIComponent(match[1]) : null };
    }
    return null;
  }

  const isShown = place => shown !== null && shown.screen === place.screen && shown.id === place.id;
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

  // Studio's lists write their page and filter into what Studio holds for the address; it has to know the one that is shown.
  function open(address) {
    if (window.Blazor?.navigateTo) Blazor.navigateTo(address);
    else history.pushState(null, "", address);
  }

  // The address may have been changed by us, by Studio ("Run" goes to the viewer) or by the back button.
  async function follow() {
    const place = locate(location.pathname);
    if (place === null) return location.reload();
    if (isShown(place)) return;

    const mine = ++turn;
    shown = place;
    cover(stage.dataset.opening);
    stage.replaceChildren();
    refusal.hidden = true;
    markBar(place);
    const [answer] = await Promise.all([fetch(location.pathname, { redirect: "manual" }).catch(() => null), pause(disposalMs)]);
    await answer?.text().catch(() => null);
    if (mine !== turn) return;
    // What is not there has a page of its own, and so has a server that does not answer.
    if (answer === null || !answer.ok) return location.reload();
    show(place);
  }

  function show({ screen, id }) {
    const element = document.createElement(screen.tag);
    if (screen.id) element.setAttribute(screen.id, id);
    stage.replaceChildren(element);

    // Studio hears of callbacks only after it has taken the element over.
    if (screen.opens)
      customElements.whenDefined(screen.tag).then(() => {
        for (const [callback, address] of Object.entries(screen.opens)) element[callback] = target => open(address(target));
      });

    uncoverWhenFilled(element);
  }

  function cover(text) {
    splashText.textContent = text;
    late.hidden = true;
    delete splash.dataset.done;
    clearTimeout(lateTimer);
    lateTimer = setTimeout(() => { late.hidden = false; }, patienceMs);
  }

  function uncoverWhenFilled(element) {
    const isFilled = () => element.querySelector(".mud-table, .mud-tabs, .mud-toolbar, .mud-paper, .mud-appbar, .rz-splitter") !== null;
    const uncover = () => {
      clearTimeout(lateTimer);
      splash.dataset.done = "";
      progress.removeAttribute("value");
    };
    if (isFilled()) return uncover();
    const watch = new MutationObserver(() => {
      if (!isFilled()) return;
      watch.disconnect();
      uncover();
    });
    watch.observe(element, { childList: true, subtree: true });
  }

  function markBar({ screen, id }) {
    for (const link of document.querySelectorAll(".frame-bar [data-screen]")) {
      const isCurrent = link.dataset.screen === screen.name;
      if (link.dataset.address) {
        link.hidden = !isCurrent;
        if (isCurrent) link.href = link.dataset.address + encodeURIComponent(id);
      } else if (isCurrent) link.setAttribute("aria-current", "page");
      else if (link.dataset.screen === screen.below) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (isCurrent) document.title = `${link.dataset.title} · ServiceLoop`;
    }
    markLanguages();
  }

  function markLanguages() {
    for (const link of document.querySelectorAll(".frame-languages a")) {
      const address = new URL(link.href);
      address.searchParams.set("redirectUri", location.pathname + location.search);
      link.href = address.pathname + address.search;
    }
  }

  // Blazor tells how much of itself has arrived in a variable of the style sheet.
  function watchStart() {
    const timer = setInterval(() => {
      const percentage = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--blazor-load-percentage"));
      if (percentage > 0) progress.value = percentage;
      if (percentage >= 100) {
        // Now it starts, and does not say how far it is.
        progress.removeAttribute("value");
        clearInterval(timer);
      }
    }, 100);
  }

  for (const method of ["pushState", "replaceState"]) {
    const original = history[method].bind(history);
    history[method] = (...change) => {
      original(...change);
      queueMicrotask(follow);
    };
  }

  addEventListener("popstate", follow);

  // Elsa Studio breaks, and says nothing, where something is refused that it does not expect to be. It is told that nothing was done, the person why.
  const api = "/elsa/api";
  const gentle = [
    { method: "DELETE", path: /^\/workflow-definitions\/|^\/workflow-definition-versions\//, answer: null },
    { method: "POST", path: /^\/bulk-actions\/delete\/workflow-definitions\//, answer: { deleted: 0 } },
    {
      method: "POST",
      path: /^\/bulk-actions\/publish\/workflow-definitions\//,
      answer: { published: [], alreadyPublished: [], notFound: [], updatedConsumers: [] },
    },
    { method: "POST", path: /^\/bulk-actions\/retract\/workflow-definitions\//, answer: { retracted: [], alreadyRetracted: [], notFound: [] } },
  ];
  const refusal = document.getElementById("refusal");
  const ask = window.fetch.bind(window);

  window.fetch = async (resource, options) => {
    const answer = await ask(resource, options);
    if (answer.status < 400 || answer.status >= 500 || answer.status === 404) return answer;

    const url = new URL(typeof resource === "string" ? resource : resource.url ?? resource, location.href);
    const method = (options?.method ?? "GET").toUpperCase();
    const path = url.origin === location.origin && url.pathname.startsWith(api) ? url.pathname.slice(api.length) : "";
    const known = gentle.find(rule => rule.method === method && rule.path.test(path));
    if (!known) return answer;

    tell(await answer.json().catch(() => ({})));
    return known.answer === null ? new Response(null, { status: 404 }) : Response.json(known.answer);
  };

  function tell(problem) {
    const sentences = Object.values(problem.errors ?? {}).flat();
    refusal.querySelector("p").textContent = sentences.length > 0 ? sentences.join("\n") : problem.detail ?? problem.title ?? refusal.dataset.refused;
    refusal.hidden = false;
  }

  refusal.querySelector("button").addEventListener("click", () => { refusal.hidden = true; });

  document.addEventListener("click", event => {
    const link = event.target.closest?.("a");
    if (!link) return;
    if (link.matches("[data-reload], #blazor-error-ui .reload")) {
      event.preventDefault();
      return location.reload();
    }
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (isPlain && link.matches(".frame-bar [data-screen]:not([data-address])") && locate(new URL(link.href).pathname)) {
      event.preventDefault();
      open(link.href);
    }
    if (link.matches(".frame-languages a")) markLanguages();
  });

  document.querySelector("#blazor-error-ui .dismiss").addEventListener("click", () => {
    document.getElementById("blazor-error-ui").style.display = "none";
  });

  // Monaco draws itself and knows nothing of our variables.
  addEventListener("load", () => {
    if (document.documentElement.dataset.appearance === "dark") window.monaco?.editor.setTheme("vs-dark");
  });

  const provider = document.createElement("elsa-backend-provider");
  provider.setAttribute("remote-endpoint", `${location.origin}/elsa/api`);
  document.body.append(provider);

  const place = locate(location.pathname);
  shown = place;
  cover(stage.dataset.starting);
  watchStart();
  markBar(place);
  show(place);
})();
