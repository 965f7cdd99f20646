export type Theme = 'system' | 'light' | 'dark';

const STORED_AS = 'keywright.theme';

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(STORED_AS);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED_AS, theme);
  applyTheme();
}

/** Sets the attribute that the styles go by. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = chosenTheme();
}
