import { Link } from 'wouter-preact';
import { useTexts } from '../texts/texts.js';
import { Empty } from '../ui/empty.js';
import { PageTitle } from '../ui/page-title.js';

export function NotFoundPage() {
  const { shell } = useTexts();
  return (
    <>
      <PageTitle title={shell.notFound} />
      <Empty title={shell.notFound} hint={shell.notFoundHint}>
        <Link class="button primary" href="/">
          {shell.toOverview}
        </Link>
      </Empty>
    </>
  );
}
