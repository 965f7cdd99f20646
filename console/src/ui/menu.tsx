import type { ComponentChildren, TargetedToggleEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';

interface MenuProps {
  label: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

/** A button that opens a small panel, which a click elsewhere or Escape closes. */
export function Menu({ label, class: name, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const place = (event: TargetedToggleEvent<HTMLDivElement>): void => {
    const anchor = button.current?.getBoundingClientRect();
    const element = panel.current;
    if (event.newState !== 'open' || anchor === undefined || element === null) return;
    const width = element.offsetWidth;
    const isWithin = anchor.left + width + 8 <= document.documentElement.clientWidth;
    const left = isWithin ? anchor.left : anchor.right - width;
    const isBelow = anchor.bottom + element.offsetHeight + 8 <= innerHeight;
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${isBelow ? anchor.bottom + 4 : Math.max(8, anchor.top - element.offsetHeight - 4)}px`;
  };
  const closeAfterAction = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('a, [data-closes]')) panel.current?.hidePopover();
  };
  return (
    <>
      <button ref={button} type="button" class={name ?? 'button plain'} popovertarget={id}>
        {label}
      </button>
      <div ref={panel} id={id} popover="auto" class="menu" onToggle={place} onClick={closeAfterAction}>
        {children}
      </div>
    </>
  );
}
