import { render } from 'preact';
import { askWhoIsSignedIn } from './session/session-provider.js';
import { App } from './shell/app.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/print.css';
import { loadTexts, preferredLanguage } from './texts/texts.js';
import { applyTheme } from './ui/theme.js';

askWhoIsSignedIn();
applyTheme();
const code = preferredLanguage();
const root = document.getElementById('app');
if (root === null) throw new Error('The page has no place for the console.');
render(<App initial={{ code, texts: await loadTexts(code) }} />, root);
