import type { Operation, Parameter } from './operations.js';

const UUID = 'f7fa38ec-0e19-405c-820f-bf65912ab4ec';

/** What stands at a place of a path, by what comes before it; a new kind of thing needs a line here. */
const PLACES: [RegExp, description: string, example: string][] = [
  [/^\/api\/v1\/merchants\/$/, "The merchant's id.", '9d2f1c1e-4b7a-4c55-8f0e-1b7f7a3c2d10'],
  [/^\/api\/v1\/members\/$/, "The member's id.", '0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10'],
  [/^\/api\/v1\/applications\/$/, "The application's id.", '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11'],
  [/\/api-keys\/$/, "The key's id.", UUID],
  [/^\/api\/v1\/webhooks\/$/, "The endpoint's id.", '3c1f2b7e-6a50-4d0c-9d35-7f6f3f1d2a44'],
  [/\/deliveries\/$/, "The delivery's id.", 'msg_01JD7Z8Q5W3E9RT6YX2V4B1N0M'],
  [/^\/apikeys\/$/, 'The key, without its secret.', UUID],
  [/^\/confirm\/\w+\/$/, 'What the mailed link ends with.', '0f3a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c7e'],
];

/** Every parameter that a path names, also those that no handler but a guard reads. */
export function pathParameters(path: string, { parameters = [] }: Operation): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(({ 1: name = '', index }) => {
    const said = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    const [, description, example] = PLACES.find(([place]) => place.test(path.slice(0, index))) ?? [];
    if (description === undefined) throw new Error(`${path}: path-parameters.ts doesn't know what {${name}} is.`);
    const schema = { type: 'string', example, ...said?.schema };
    return { name, in: 'path', required: true, description: said?.description ?? description, schema };
  });
}
