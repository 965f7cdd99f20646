import { useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { CopyButton } from '../ui/copy-button.js';
import { snippetsFor } from './snippet-texts.js';

/** How a program checks the key with this server. */
export function Snippets() {
  const { key } = useTexts();
  const snippets = snippetsFor(location.origin);
  const names = Object.keys(snippets);
  const [shown, setShown] = useState('curl');
  const text = snippets[shown] ?? '';
  return (
    <Card title={key.snippets}>
      <div class="row between">
        <div class="segments" role="group" aria-label={key.snippets}>
          {names.map((name) => (
            <button key={name} type="button" aria-pressed={name === shown} onClick={() => setShown(name)}>
              {name}
            </button>
          ))}
        </div>
        <CopyButton text={text} label={shown} />
      </div>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <p class="hint">{key.snippetsHint}</p>
    </Card>
  );
}
