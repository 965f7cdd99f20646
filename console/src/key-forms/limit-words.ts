import type { QuotaBody, RateLimitBody } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';

/** Functions that put limits into words. */
export function useLimitWords() {
  const { key, form, time } = useTexts();
  const { number } = useFormats();
  return {
    quota: ({ limit, period }: QuotaBody): string => key.quota(number(limit), period),
    rateLimit: ({ limit, windowSeconds }: RateLimitBody): string =>
      key.rateLimit(number(limit), form.windows[windowSeconds] ?? time.seconds(windowSeconds)),
  };
}
