/** Chooses the form of a text for a number, and puts the number, as the language writes it, in place of `{n}`. */
export function plural(locale: string, n: number, forms: { one: string; other: string }): string {
  const form = new Intl.PluralRules(locale).select(n) === 'one' ? forms.one : forms.other;
  return form.replace('{n}', new Intl.NumberFormat(locale).format(n));
}
