import { useState } from 'preact/hooks';
import { LANGUAGES, useLanguage, type LanguageCode } from '../texts/texts.js';
import { Select } from './select.js';
import { chooseTheme, chosenTheme, type Theme } from './theme.js';

/** The choices that belong to this browser: how the console looks, and in which language. */
export function Preferences() {
  const { code, texts, choose } = useLanguage();
  const { shell } = texts;
  const [theme, setTheme] = useState(chosenTheme());
  const themes = [
    ['system', shell.themeSystem],
    ['light', shell.themeLight],
    ['dark', shell.themeDark],
  ] as const;
  return (
    <div class="preferences">
      <Select
        aria-label={shell.theme}
        value={theme}
        options={themes}
        onChange={(value) => {
          chooseTheme(value as Theme);
          setTheme(value as Theme);
        }}
      />
      <Select
        aria-label={shell.language}
        value={code}
        options={Object.entries(LANGUAGES)}
        onChange={(value) => choose(value as LanguageCode)}
      />
    </div>
  );
}
