import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';

/** Findings that are urgent as soon as there is one. */
const URGENT = new Set(['exposed', 'plainHttp', 'ownerGone']);

/** The reasons for which keys need attention; each leads to the list of those keys. */
export function Hygiene() {
  const { overview, common } = useTexts();
  const { number } = useFormats();
  const query = useQuery({ queryKey: ['hygiene'], queryFn: () => api.insight.readHygiene() });
  const findings = query.data?.findings.filter(({ count }) => count > 0);
  return (
    <section class="card" aria-labelledby="hygiene-title">
      <header>
        <h2 id="hygiene-title">{overview.attention}</h2>
      </header>
      <Failure error={query.error} />
      {query.isPending && <p class="faint placeholder">{common.loading}</p>}
      {findings?.length === 0 && <p class="faint">{overview.allWell}</p>}
      <ul class="findings">
        {findings?.map(({ kind, count, list }) => {
          const [title, advice] = overview.hygiene[kind] ?? [kind, ''];
          return (
            <li key={kind}>
              {/* The list of the console takes the parameters of the API. */}
              <Link
                href={`/keys${list.slice(list.indexOf('?'))}`}
                class={URGENT.has(kind) ? 'finding urgent' : 'finding'}
              >
                <span class="figure">{number(count)}</span>
                <span>
                  <strong>{title}</strong>
                  <span class="faint">{advice}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
