import { QueryClientProvider, useQuery } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { Router } from 'wouter-preact';
import { queries } from '../api/queries.js';
import { SessionProvider } from '../session/session-provider.js';
import { chooseLanguage, LanguageContext, loadTexts, useTexts, type LanguageCode, type Texts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Splash } from '../ui/splash.js';

/** Loaded while the server is asked who is signed in, so that the sign-in is there before them. */
const pages = import('./pages.js');
// A failure is told where the pages are shown.
pages.catch(() => undefined);

interface Spoken {
  code: LanguageCode;
  texts: Texts;
}

/** The whole console, in the language with which it begins until another one is chosen. */
export function App({ initial }: { initial: Spoken }) {
  const [{ code, texts }, setSpoken] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = code;
  }, [code]);
  const choose = (chosen: LanguageCode): void => {
    chooseLanguage(chosen);
    void loadTexts(chosen).then((loaded) => setSpoken({ code: chosen, texts: loaded }));
  };
  return (
    <LanguageContext.Provider value={{ code, texts, choose }}>
      <QueryClientProvider client={queries}>
        <Router base="/console">
          <SessionProvider>
            <LatePages />
          </SessionProvider>
        </Router>
      </QueryClientProvider>
    </LanguageContext.Provider>
  );
}

function LatePages() {
  const { common } = useTexts();
  const loaded = useQuery({ queryKey: ['pages'], queryFn: () => pages, staleTime: Infinity });
  if (loaded.data !== undefined) return <loaded.data.Pages />;
  if (loaded.error === null) return <Splash />;
  return (
    <main class="sign-in">
      <Failure error={loaded.error} />
      <Button onClick={() => location.reload()}>{common.tryAgain}</Button>
    </main>
  );
}
