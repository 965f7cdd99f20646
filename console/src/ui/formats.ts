import { useMemo } from 'preact/hooks';
import { useLanguage, type LanguageCode } from '../texts/texts.js';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How numbers and times are written, in the language of the page and the person's time zone. */
export interface Formats {
  number: (n: number) => string;
  /** A number in few characters, such as 12K. */
  short: (n: number) => string;
  percent: (share: number) => string;
  /** Such as "in 3 days". */
  relative: (time: string) => string;
  /** With date, time and zone. */
  exact: (time: string) => string;
  date: (time: string) => string;
  hour: (time: string) => string;
  /** With seconds. */
  clock: (time: string) => string;
  /** Such as "14 ms" or "1.2 s". */
  duration: (ms: number) => string;
}

/** Writes as the person's country does, if it speaks the language of the page. */
const localeOf = (code: LanguageCode): string => navigator.languages.find((tag) => tag.startsWith(code)) ?? code;

function formatsOf(language: string): Formats {
  const number = new Intl.NumberFormat(language);
  const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' });
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const seconds = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  return {
    number: (n) => number.format(n),
    short: (n) => short.format(n),
    percent: (share) => percent.format(share),
    relative: (time) => {
      const ago = (Date.parse(time) - Date.now()) / 1000;
      const [unit, length] = UNITS.find(([, seconds]) => Math.abs(ago) >= seconds) ?? ['second', 1];
      return relative.format(unit === 'second' ? 0 : Math.round(ago / length), unit);
    },
    exact: (time) => exact.format(new Date(time)),
    date: (time) => date.format(new Date(time)),
    hour: (time) => hour.format(new Date(time)),
    clock: (time) => clock.format(new Date(time)),
    duration: (ms) =>
      ms < 1000 ? `${number.format(Math.max(1, Math.round(ms)))} ms` : `${seconds.format(ms / 1000)} s`,
  };
}

export function useFormats(): Formats {
  const { code } = useLanguage();
  return useMemo(() => formatsOf(localeOf(code)), [code]);
}
