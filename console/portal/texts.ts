/** What is written in one language. */
export interface Texts {
  keys: string;
  newKey: string;
  none: string;
  name: string;
  key: string;
  status: string;
  created: string;
  lastUsed: string;
  never: string;
  expires: string;
  actions: string;
  rotate: string;
  revoke: string;
  cancel: string;
  close: string;
  create: string;
  reveal: string;
  hide: string;
  copy: string;
  copied: string;
  saved: string;
  secretTitle: string;
  secretHint: string;
  fullKey: string;
  revokeTitle: string;
  revokeHint: (name: string) => string;
  rotateTitle: string;
  rotateHint: (name: string) => string;
  overlap: string;
  overlaps: readonly [at: string, hour: string, day: string];
  lives: readonly [never: string, month: string, quarter: string, year: string];
  oldValidUntil: (time: string) => string;
  statuses: Record<'active' | 'disabled' | 'expired', string>;
  loading: string;
  ended: string;
  unreachable: string;
  tryAgain: string;
  request: (id: string) => string;
}

const ENGLISH: Texts = {
  keys: 'API keys',
  newKey: 'New key',
  none: 'There are no keys yet.',
  name: 'Name',
  key: 'Key',
  status: 'Status',
  created: 'Created',
  lastUsed: 'Last used',
  never: 'never',
  expires: 'Expires',
  actions: 'Actions',
  rotate: 'Rotate',
  revoke: 'Revoke',
  cancel: 'Cancel',
  close: 'Close',
  create: 'Create',
  reveal: 'Reveal',
  hide: 'Hide',
  copy: 'Copy',
  copied: 'Copied',
  saved: 'I have saved it',
  secretTitle: 'Your key',
  secretHint: 'Save it now: it is never shown again.',
  fullKey: 'Full key',
  revokeTitle: 'Revoke this key?',
  revokeHint: (name) => `“${name}” is refused at once, everywhere and for good.`,
  rotateTitle: 'Rotate this key?',
  rotateHint: (name) => `“${name}” gets a new full key, and keeps everything else.`,
  overlap: 'The old full key is valid',
  overlaps: ['no longer', 'for an hour', 'for a day'],
  lives: ['never', 'in 30 days', 'in 90 days', 'in a year'],
  oldValidUntil: (time) => `old full key valid until ${time}`,
  statuses: { active: 'active', disabled: 'disabled', expired: 'expired' },
  loading: 'Loading…',
  ended: 'This session has ended. Open it anew from where you came.',
  unreachable: 'The server does not answer.',
  tryAgain: 'Try again',
  request: (id) => `Request ${id}`,
};

const GERMAN: Texts = {
  keys: 'API-Schlüssel',
  newKey: 'Neuer Schlüssel',
  none: 'Es gibt noch keine Schlüssel.',
  name: 'Name',
  key: 'Schlüssel',
  status: 'Status',
  created: 'Erstellt',
  lastUsed: 'Zuletzt benutzt',
  never: 'nie',
  expires: 'Läuft ab',
  actions: 'Aktionen',
  rotate: 'Erneuern',
  revoke: 'Widerrufen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  create: 'Erstellen',
  reveal: 'Zeigen',
  hide: 'Verbergen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  saved: 'Ich habe ihn gespeichert',
  secretTitle: 'Ihr Schlüssel',
  secretHint: 'Speichern Sie ihn jetzt: Er wird nie wieder gezeigt.',
  fullKey: 'Ganzer Schlüssel',
  revokeTitle: 'Diesen Schlüssel widerrufen?',
  revokeHint: (name) => `„${name}“ wird sofort, überall und endgültig abgelehnt.`,
  rotateTitle: 'Diesen Schlüssel erneuern?',
  rotateHint: (name) => `„${name}“ bekommt einen neuen ganzen Schlüssel und behält alles andere.`,
  overlap: 'Der alte ganze Schlüssel gilt',
  overlaps: ['nicht mehr', 'noch eine Stunde', 'noch einen Tag'],
  lives: ['nie', 'in 30 Tagen', 'in 90 Tagen', 'in einem Jahr'],
  oldValidUntil: (time) => `alter ganzer Schlüssel gültig bis ${time}`,
  statuses: { active: 'aktiv', disabled: 'deaktiviert', expired: 'abgelaufen' },
  loading: 'Wird geladen …',
  ended: 'Diese Sitzung ist beendet. Öffnen Sie sie dort neu, woher Sie kamen.',
  unreachable: 'Der Server antwortet nicht.',
  tryAgain: 'Erneut versuchen',
  request: (id) => `Anfrage ${id}`,
};

/** Returns the texts of a language (BCP 47); of one that there is none of, English ones. */
export const textsIn = (language: string): Texts => (/^de\b/i.test(language) ? GERMAN : ENGLISH);
