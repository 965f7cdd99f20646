/** The element's own style. What a page may choose are its custom properties. */
const CSS = `
:host { all: initial; display: block; color-scheme: light dark; container-type: inline-size;
  --accent: var(--keywright-accent, light-dark(#1d5fd1, #7aa7ff));
  --on-accent: var(--keywright-on-accent, light-dark(#fff, #10203c));
  --text: var(--keywright-text, light-dark(#1c1e21, #e8eaed));
  --muted: var(--keywright-muted, light-dark(#51575f, #a5abb3));
  --background: var(--keywright-background, light-dark(#fff, #1f2226));
  --border: var(--keywright-border, light-dark(#8a9099, #6b7178));
  --danger: var(--keywright-danger, light-dark(#b3261e, #ff9d94));
  --radius: var(--keywright-radius, .4rem);
  font: var(--keywright-font, 1rem/1.5 system-ui, sans-serif); color: var(--text); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.all { background: var(--background); color: var(--text); padding: 1rem; border-radius: var(--radius); }
header { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: space-between; align-items: center; }
h2 { margin: 0; font-size: 1.2em; }
table { width: 100%; margin-top: 1rem; border-collapse: collapse; }
th, td { padding: .5rem .75rem .5rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--border); overflow-wrap: anywhere; }
th { font-weight: 600; }
td small { display: block; color: var(--muted); }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; }
button, input, select { font: inherit; color: inherit; padding: .4rem .8rem; min-height: 2.25rem; border: 1px solid var(--border);
  border-radius: var(--radius); background: var(--background); }
button { cursor: pointer; }
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
button.danger { color: var(--danger); border-color: var(--danger); }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
label { display: block; margin-top: 1rem; font-weight: 600; }
label :is(input, select) { display: block; width: 100%; margin-top: .25rem; font-weight: 400; }
dialog { width: min(30rem, calc(100vw - 2rem)); padding: 1.25rem; color: var(--text); background: var(--background); border: 1px solid var(--border);
  border-radius: var(--radius); }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog footer { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: flex-end; margin-top: 1.5rem; }
.secret { display: block; margin: 1rem 0 .5rem; padding: .6rem; border: 1px dashed var(--border); border-radius: var(--radius); }
[role=alert] { margin: 1rem 0 0; color: var(--danger); overflow-wrap: anywhere; }
[role=alert]:empty { display: none; }
@container (width < 34rem) {
  thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  tr, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--border); }
  td { padding: .1rem 0; border: 0; }
  td[data-label]::before { content: attr(data-label) ': '; color: var(--muted); }
}
`;

let sheet: CSSStyleSheet | null = null;

/** The style sheet that all elements share. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
