import { useQuery } from '@tanstack/preact-query';
import { readProvider } from '../api/console-session.js';
import { useTexts } from '../texts/texts.js';
import { rememberPage } from './page-to-return-to.js';

/**
 * Leads to the OpenID provider, if the server has one.
 *
 * @param isBeside whether it opens a window of its own, so that nothing on this page is lost
 */
export function ProviderLink({ isBeside = false }: { isBeside?: boolean }) {
  const { signIn } = useTexts();
  const { data: provider } = useQuery({ queryKey: ['provider'], queryFn: readProvider, staleTime: Infinity });
  if (provider === undefined) return null;
  const ways = isBeside ? { target: '_blank' } : { onClick: rememberPage };
  return (
    <a class="button plain" href="/console/session/oidc" {...ways}>
      <bdi>{signIn.withProvider(provider.name)}</bdi>
    </a>
  );
}
