import type { ChildProcess } from 'node:child_process';

export function killAtExit(child: ChildProcess): void;
export function closeAtEnd(close: () => Promise<void>): void;
