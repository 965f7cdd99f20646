const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML in which everything that is not written by this server is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

type Content = Html | Html[] | string | number | null;

/** Writes HTML: texts are escaped, `null` is nothing. */
export const html = (strings: TemplateStringsArray, ...contents: Content[]): Html =>
  new Html(strings.map((string, index) => string + render(contents[index] ?? null)).join(''));

function render(content: Content): string {
  if (content === null) return '';
  if (Array.isArray(content)) return content.map(render).join('');
  return content instanceof Html ? content.text : String(content).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
