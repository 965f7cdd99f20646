/** The page of Swagger UI. Its links are relative, so that it also works below a prefix. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Keywright</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/initializer.js" defer></script>
  </head>
  <body>
    <div id="swagger-ui"></div>
  </body>
</html>
`;

/**
 * The script that starts Swagger UI. Credentials are kept for the session of the tab, so that a reload needs no login, and never longer: whoever
 * opens the browser later must not find them.
 */
export const INITIALIZER = `const STORED = 'keywright.authorized';
localStorage.removeItem('authorized');

const keepForSession = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        persistAuthorizationIfNeeded:
          (_original, { authSelectors }) =>
          () =>
            sessionStorage.setItem(STORED, JSON.stringify(authSelectors.authorized())),
      },
    },
  },
});

// Swagger UI resolves the references of the whole document for each operation that is opened. Of a document of this size that takes seconds, so
// it is given a document that holds the operation, and the components to which it refers.
const resolveOnlyWhatIsOpened = () => ({
  afterLoad() {
    const { resolveSubtree } = this.fn;
    this.fn.resolveSubtree = (spec, path, options) => resolveSubtree(extract(spec, path), path, options);
  },
});

const extract = ({ paths, webhooks, components, ...general }, path) => {
  const whole = { paths, components };
  const part = { ...general, paths: {} };
  const needed = [path];
  for (const steps of needed) {
    let [from, to] = [whole, part];
    for (const step of steps.slice(0, -1)) [from, to] = [from?.[step], (to[step] ??= {})];
    const name = steps.at(-1);
    if (from?.[name] === undefined || to[name] !== undefined) continue;
    to[name] = from[name];
    JSON.stringify(to[name], (_key, value) => {
      if (typeof value === 'string' && value.startsWith('#/components/')) needed.push(value.split('/').slice(1, 4));
      return value;
    });
  }
  return part;
};

// Each field of the dialog takes the focus when it appears, so that the last one has it; most people need the first one.
document.addEventListener('click', ({ target }) => {
  if (!target.closest('.auth-wrapper .authorize')) return;
  setTimeout(() => document.querySelector('.dialog-ux .auth-container input')?.focus());
});

const ui = SwaggerUIBundle({
  url: 'docs/json',
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [keepForSession, resolveOnlyWhatIsOpened],
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  operationsSorter: 'alpha',
  tryItOutEnabled: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  requestInterceptor: (request) => {
    // A refused request must not open the browser's own login dialog, which would block the page.
    request.credentials = 'omit';
    // Swagger UI writes an example of several lines of JSON as a text in JSON.
    const isLines = request.headers?.['Content-Type'] === 'application/x-ndjson';
    if (isLines && /^".*"$/.test(request.body)) request.body = JSON.parse(request.body);
    return request;
  },
  onComplete: () => {
    const authorized = JSON.parse(sessionStorage.getItem(STORED) ?? '{}');
    ui.authActions.restoreAuthorization({ authorized });
  },
});
`;
