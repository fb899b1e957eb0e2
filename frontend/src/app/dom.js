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

/** Run `act(element)` for every match now on the page, and again for parts htmx brings in later. */
export function each(selector, act) {
  const visit = (root) => {
    if (root instanceof Element && root.matches(selector)) act(root);
    root.querySelectorAll(selector).forEach((element) => act(element));
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
