import type { ComponentProps } from 'preact';
import { classes } from './classes.js';

export interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  /** Whether what it began is still going on: it then does nothing. */
  isBusy?: boolean;
}

export function Button({
  kind = 'plain',
  isBusy = false,
  type = 'button',
  class: name,
  onClick,
  ...props
}: ButtonProps) {
  return (
    <button
      {...props}
      type={isBusy ? 'button' : type}
      aria-disabled={isBusy || undefined}
      class={classes('button', kind, isBusy && 'busy', name as string | undefined)}
      onClick={isBusy ? undefined : onClick}
    />
  );
}
