/** Run `act(element, event)` for events of `type` whose target lies in an element matching `selector`. */
export function on(type, selector, act, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element && event.target.closest(selector);
      if (element) act(element, event);
    },
    options,
  );
}

/** Run `act(element)` once for every match: those on the page now, and those htmx brings in later. */
export function each(selector, act) {
  const met = new WeakSet();
  const meet = (element) => {
    if (met.has(element)) return;
    met.add(element);
    act(element);
  };
  // htmx says that it has loaded the whole page, too.
  const visit = (root) => {
    if (root instanceof Element && root.matches(selector)) meet(root);
    root.querySelectorAll(selector).forEach(meet);
  };
  visit(document);
  document.addEventListener("htmx:load", (event) => visit(event.target));
}

/** A text of ours in the page's language: the page carries them as data on <body>. */
export function words(name) {
  return document.body.dataset[name] || "";
}

/** Build an element: `make("button", { class: "btn" }, "text")`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
