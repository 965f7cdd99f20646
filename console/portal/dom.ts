type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** Creates an element. An attribute that is `true` has no value, one that is `false` is left out, and a function listens to the event of its name. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(attribute, value);
    else if (value === true) element.setAttribute(attribute, '');
    else if (value !== false) element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}
