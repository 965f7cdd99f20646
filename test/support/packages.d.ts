export function find(...programs: string[]): string | null;
export function provide(name: string, packageName: string, ...programs: string[]): string | null;
