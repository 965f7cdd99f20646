/** Unpacks a release that releases/make.js has packed. @returns the path of its program; it is removed when this process ends */
export function unpackRelease(version: string): string;
