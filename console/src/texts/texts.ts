import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Texts } from './en.js';

export type { Texts };

/** The languages, by the names that they have for themselves. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;

export type LanguageCode = keyof typeof LANGUAGES;

const STORED_AS = 'keywright.language';

const isLanguage = (code: string | null): code is LanguageCode => code !== null && code in LANGUAGES;

/** The language that was chosen in this browser, else the first of the browser's that there is. */
export function preferredLanguage(): LanguageCode {
  const chosen = localStorage.getItem(STORED_AS);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

export function chooseLanguage(code: LanguageCode): void {
  localStorage.setItem(STORED_AS, code);
}

export async function loadTexts(code: LanguageCode): Promise<Texts> {
  return code === 'de' ? (await import('./de.js')).de : en;
}

export interface Language {
  code: LanguageCode;
  texts: Texts;
  choose: (code: LanguageCode) => void;
}

export const LanguageContext = createContext<Language>({ code: 'en', texts: en, choose: () => undefined });

/** The texts in the language of the page. */
export const useTexts = (): Texts => useContext(LanguageContext).texts;

export const useLanguage = (): Language => useContext(LanguageContext);
