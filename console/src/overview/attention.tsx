import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';

/** Findings that are urgent as soon as there is one. */
const URGENT = new Set(['exposed', 'plainHttp', 'ownerGone', 'webhooks']);

async function countPaused(): Promise<number> {
  let paused = 0;
  for await (const { pausedAt } of api.webhooks.list({ limit: 100 })) if (pausedAt !== null) paused += 1;
  return paused;
}

/** What needs attention: keys, each reason leading to the list of those keys, and endpoints that the server no longer sends anything to. */
export function Attention() {
  const { overview, common } = useTexts();
  const query = useQuery({ queryKey: ['hygiene'], queryFn: () => api.insight.readHygiene() });
  const mayReadWebhooks = useMay(LEVELS.writeOwn);
  const webhooks = useQuery({ queryKey: ['webhooks', 'paused'], queryFn: countPaused, enabled: mayReadWebhooks });
  const findings = query.data?.findings.filter(({ count }) => count > 0);
  const { data: paused = 0 } = webhooks;
  return (
    <section class="card" aria-labelledby="attention-title">
      <header>
        <h2 id="attention-title">{overview.attention}</h2>
      </header>
      <Failure error={query.error ?? webhooks.error} />
      {query.isPending && <p class="faint placeholder">{common.loading}</p>}
      {findings?.length === 0 && paused === 0 && <p class="faint">{overview.allWell}</p>}
      <ul class="findings">
        {paused > 0 && <Finding kind="webhooks" count={paused} path="/webhooks" />}
        {findings?.map(({ kind, count, list }) => (
          // The list of the console takes the parameters of the API.
          <Finding key={kind} kind={kind} count={count} path={`/keys${list.slice(list.indexOf('?'))}`} />
        ))}
      </ul>
    </section>
  );
}

interface FindingProps {
  kind: string;
  count: number;
  /** Where it is listed. */
  path: string;
}

function Finding({ kind, count, path }: FindingProps) {
  const { overview } = useTexts();
  const { number } = useFormats();
  const [title, advice] = overview.findings[kind] ?? [kind, ''];
  return (
    <li>
      <Link href={path} class={URGENT.has(kind) ? 'finding urgent' : 'finding'}>
        <span class="figure">{number(count)}</span>
        <span>
          <strong>{title}</strong>
          <span class="faint">{advice}</span>
        </span>
      </Link>
    </li>
  );
}
