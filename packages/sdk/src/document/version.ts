// Generated from openapi.json by generator/generate.js. Do not edit.

/** The version of this package. */
export const VERSION = '0.2.0';
