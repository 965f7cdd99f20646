import canonicalize from 'canonicalize';

/** A value as canonical JSON (RFC 8785): the same text in whichever order an object's members come. */
// The package's types speak of an ES module, which it isn't.
export const canonicalJson = canonicalize as unknown as (value: unknown) => string;
