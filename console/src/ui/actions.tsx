import type { ComponentChildren } from 'preact';
import { useTexts } from '../texts/texts.js';
import { Menu } from './menu.js';

/** The head of the column that holds what can be done with each row. */
export function ActionsHeader() {
  const { common } = useTexts();
  return (
    <th scope="col">
      <span class="unseen">{common.actions}</span>
    </th>
  );
}

interface ActionsMenuProps {
  /** The name of what the actions are for, which only screen readers are told. */
  of: string;
  children: ComponentChildren;
}

/** A menu of what can be done with a row of a table. */
export function ActionsMenu({ of: name, children }: ActionsMenuProps) {
  const { common } = useTexts();
  const label = (
    <>
      <span aria-hidden="true">⋯</span>
      <span class="unseen">{common.actionsFor(name)}</span>
    </>
  );
  return (
    <Menu class="button quiet" label={label}>
      {children}
    </Menu>
  );
}
