import { useQuery } from '@tanstack/preact-query';
import { readConsoleSession } from '../api/console-session.js';
import { useTexts } from '../texts/texts.js';
import { rememberPage } from './page-to-return-to.js';

/** Where the name of the provider is kept. */
export const PROVIDER = ['provider'];

/**
 * Leads to the OpenID provider, if the server has one.
 *
 * @param isBeside whether it opens a window of its own, so that nothing on this page is lost
 */
export function ProviderLink({ isBeside = false }: { isBeside?: boolean }) {
  const { signIn } = useTexts();
  const { data: name } = useQuery({
    queryKey: PROVIDER,
    queryFn: async () => (await readConsoleSession()).providerName,
    staleTime: Infinity,
  });
  if (name === undefined || name === null) return null;
  const ways = isBeside ? { target: '_blank' } : { onClick: rememberPage };
  return (
    <a class="button plain" href="/console/session/oidc" {...ways}>
      <bdi>{signIn.withProvider(name)}</bdi>
    </a>
  );
}
