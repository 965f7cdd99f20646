/** A way to authenticate, by the name that the OpenAPI document gives it. */
export type AuthScheme = 'loginToken' | 'keyPair' | 'bearerKey' | 'session' | 'apiKey' | 'portalToken';

/** What the package knows of an operation of the OpenAPI document. */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path, with its parameters in braces. */
  path: string;
  /** The credentials that it takes, one of which is sent; absent if it takes none. */
  auth?: readonly string[];
  /** The options that are sent in the query. */
  query?: readonly string[];
  /** The options that are sent as headers, with the names of these. */
  headers?: Readonly<Record<string, string>>;
  body?: 'json' | 'form' | 'lines';
  /** What a success holds: JSON unless it is `data` of an envelope, lines of JSON, server-sent events, only a `Location`, or nothing. */
  answer?: 'data' | 'lines' | 'events' | 'location' | 'none';
  /** Whose version the `ETag` of the answer is: that of what the path ends with, or of what the answer holds. */
  version?: 'path' | 'answer';
  /** Whether it may be sent again although it is neither idempotent by its method nor by a key. */
  repeatable?: boolean;
  /** The same operation for a key and its secret in place of a login token. */
  keyed?: Operation;
}
