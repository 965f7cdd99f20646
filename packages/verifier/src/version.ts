/** The version of this package, which is that of the server. */
export const VERSION: string = '0.2.0';
