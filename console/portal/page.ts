import './keywright-keys.js';
import { askPortal, serverOf } from './api.js';
import { describeFailure } from './dialogs.js';
import { h } from './dom.js';
import { textsIn } from './texts.js';

const SERVER = serverOf(import.meta.url);

/** Uses the link that has led here, and shows the keys of its session. */
async function open(): Promise<void> {
  const main = document.querySelector('main') ?? document.body;
  const code = location.hash.slice(1);
  // Neither the history nor a link that is copied later has it.
  history.replaceState(null, '', location.pathname);
  document.documentElement.lang = textsIn(navigator.language) === textsIn('de') ? 'de' : 'en';
  try {
    const { token } = await askPortal<{ token: string }>(SERVER, 'POST', 'session', { code });
    main.replaceChildren(Object.assign(document.createElement('keywright-keys'), { token }));
  } catch (error) {
    main.replaceChildren(h('p', { role: 'alert' }, describeFailure(error, textsIn(navigator.language))));
  }
}

void open();
