export function startMariadb(): Promise<{ url: string; stop: () => Promise<void> } | null>;
export function freePort(): Promise<number>;
