export const DATA: string;

export function makeFolder(name: string): string;
