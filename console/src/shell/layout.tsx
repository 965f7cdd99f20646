import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Logo } from '../ui/logo.js';
import { Menu } from '../ui/menu.js';
import { Preferences } from '../ui/preferences.js';
import { Toasts } from '../ui/toasts.js';
import { Navigation } from './navigation.js';
import { PageAddress } from './page-address.js';

/** What surrounds every page: the navigation, the account, and the messages. */
export function Layout({ children }: { children: ComponentChildren }) {
  const { shell, roles } = useTexts();
  const { account, signOut } = useSession();
  const main = useFocusAfterNavigation();
  const menu = useNarrowMenu();
  const skip = (event: MouseEvent): void => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <div class="layout">
      <a class="skip" href="#main" onClick={skip}>
        {shell.skip}
      </a>
      <header class="side">
        <p class="brand">
          <Logo /> Keywright
        </p>
        <Button
          kind="plain"
          aria-expanded={menu.isOpen}
          aria-controls={menu.id}
          class="menu-button"
          onClick={menu.toggle}
        >
          {shell.menu}
        </Button>
        <Navigation id={menu.id} isOpen={menu.isOpen} />
        <div class="account">
          <Menu
            class="button quiet account-button"
            label={
              <>
                <span class="unseen">{shell.account} </span>
                <bdi>{account.username}</bdi>
              </>
            }
          >
            <p>
              <bdi>{account.username}</bdi>
              <br />
              <span class="faint">{roles[account.role]}</span>
            </p>
            <Preferences />
            <a href="/docs">{shell.documentation}</a>
            <Button onClick={() => void signOut()}>{shell.signOut}</Button>
          </Menu>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
        <PageAddress />
      </main>
      <Toasts />
    </div>
  );
}

/** The navigation of narrow windows, which is out of the way until it is asked for, and again on the next page. */
function useNarrowMenu() {
  const id = useId();
  const [path] = useLocation();
  const [openOn, setOpenOn] = useState<string | null>(null);
  const isOpen = openOn === path;
  return { id, isOpen, toggle: () => setOpenOn(isOpen ? null : path) };
}

/** Moves the focus to the new page, so that keyboards and screen readers begin there, as after a load. */
function useFocusAfterNavigation() {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
  return main;
}
