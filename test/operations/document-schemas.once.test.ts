/** Guarantees of the schemas in the OpenAPI document: true to the values, and good to generate clients from. */

import ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { readDocument } from '../support/openapi.js';

type Schema = Record<string, unknown>;

interface Content {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

interface DocumentedOperation {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Partial<Record<string, { headers?: Record<string, object>; content?: Record<string, Content> }>>;
}

const document = readDocument() as {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
};

const OPERATIONS = Object.values(document.paths).flatMap((item) => Object.values(item));

const operation = (id: string): DocumentedOperation | undefined => OPERATIONS.find((one) => one.operationId === id);

interface Found {
  where: string;
  /** Of the property or the parameter; empty for what is neither. */
  name: string;
  schema: Schema;
}

/** Every schema of the document, but for what it refers to. */
const SCHEMAS: Found[] = [
  ...Object.entries(document.components.schemas).flatMap(([where, schema]) => schemasIn(where, '', schema)),
  ...OPERATIONS.flatMap(({ operationId, parameters = [], requestBody, responses }) => [
    ...parameters.flatMap(({ name, schema }) => schemasIn(`${operationId}?${name}`, name, schema)),
    ...[requestBody, ...Object.values(responses)].flatMap((holder) =>
      Object.values(holder?.content ?? {}).flatMap(({ schema }) => schemasIn(operationId, '', schema)),
    ),
  ]),
];

function schemasIn(where: string, name: string, schema: Schema): Found[] {
  const { properties = {}, items, additionalProperties } = schema as { properties?: Record<string, Schema> } & Schema;
  const parts = [schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) => (list as Schema[] | undefined) ?? []);
  return [
    { where, name, schema },
    ...Object.entries(properties).flatMap(([its, property]) => schemasIn(`${where}.${its}`, its, property)),
    ...[...parts, items, additionalProperties]
      .filter((part): part is Schema => typeof part === 'object' && part !== null)
      .flatMap((part) => schemasIn(where, name, part)),
  ];
}

const typesOf = ({ type }: Schema): unknown[] => [type].flat();

const where = (found: Found[]): string[] => found.map((one) => one.where);

/** Ids that are no UUIDs. */
const OTHER_IDS =
  /(clientId|client_id|ublicId|service_id|externalId|accountId|requestId|AccountLoginBody\.id|deliveryId|DeliveryView\.id|PasskeyView\.id|deletePasskey\?id|confirm\w*\?id|setNewPassword\?id|UsageGroupView\.id|Webhook\w*Event)$/;

describe('schemas of the document', () => {
  it('give times and ids their format', () => {
    const texts = SCHEMAS.filter(({ schema }) => typesOf(schema).includes('string'));
    const times = texts.filter(({ name }) => /(At|_at|Until|After|Before|SignIn|timestamp)$/.test(name));
    expect(times.length).toBeGreaterThan(50);
    expect(where(times.filter(({ schema }) => schema.format !== 'date-time'))).toEqual([]);
    const ids = texts.filter(({ name, where: place }) => /(^id|Id|_id)$/.test(name) && !OTHER_IDS.test(place));
    expect(ids.length).toBeGreaterThan(50);
    expect(where(ids.filter(({ schema }) => schema.format !== 'uuid'))).toEqual([]);
  });

  it('say that an object without named properties has any', () => {
    const free = SCHEMAS.filter(({ schema }) => typesOf(schema).includes('object') && !schema.properties);
    expect(free.length).toBeGreaterThan(5);
    expect(where(free.filter(({ schema }) => schema.additionalProperties === undefined))).toEqual([]);
  });

  it('have no enum outside the components, and none with null among its values', () => {
    const enums = SCHEMAS.filter(({ schema }) => Array.isArray(schema.enum));
    const inline = enums.filter(({ schema, name }) => name !== '' && (schema.enum as unknown[]).length > 1);
    expect(where(inline)).toEqual([]);
    expect(where(enums.filter(({ schema }) => (schema.enum as unknown[]).includes(null)))).toEqual([]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Environment', 'KeyStatus', 'Outcome', 'Role', 'RotationMode']),
    );
  });

  it('give each choice a type of its own', () => {
    for (const { where: place, schema } of SCHEMAS)
      for (const part of (schema.anyOf as Schema[] | undefined) ?? [])
        expect([place, part.type ?? part.$ref]).toEqual([place, expect.any(String)]);
  });

  it('have examples that match them', () => {
    const validator = new ajv.default({ strict: false });
    formats.default(validator);
    validator.addSchema({ $id: 'document', ...(JSON.parse(JSON.stringify(document)) as object) });
    const inDocument = (schema: Schema): Schema =>
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')) as Schema;
    let count = 0;
    for (const { operationId, requestBody, responses } of OPERATIONS) {
      const successes = Object.entries(responses).filter(([status]) => Number(status) < 400);
      for (const holder of [requestBody, ...successes.map(([, response]) => response)])
        for (const [type, { schema, example, examples }] of Object.entries(holder?.content ?? {})) {
          const values = examples ? Object.values(examples).map(({ value }) => value) : [example];
          const validate = validator.compile(inDocument(schema));
          for (const value of values) {
            count += 1;
            expect([operationId, type, value, validate(value), validate.errors]).toEqual([
              operationId,
              type,
              expect.anything(),
              true,
              null,
            ]);
          }
        }
    }
    expect(count).toBeGreaterThan(OPERATIONS.length);
  });
});

describe('operations of the document', () => {
  it.each([
    ['verifyKey', true],
    ['verifyKeys', true],
    ['rotateMerchantApiKey', false],
    ['inviteMerchant', false],
    ['revokeMerchantApiKeys', true],
    ['importMerchantApiKeys', true],
    ['logInMerchant', true],
  ])('say of %s whether its body is required: %s', (id, isRequired) => {
    expect(operation(id)?.requestBody?.required).toBe(isRequired);
  });

  it('type lines of JSON as text, with an operation of their own', () => {
    const types = OPERATIONS.flatMap(({ operationId, requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((holder) =>
        Object.entries(holder?.content ?? {}).map(([type, { schema }]) => ({ operationId, type, schema })),
      ),
    ).filter(({ type }) => type === 'application/x-ndjson');
    expect(new Set(types.map(({ schema }) => schema.type))).toEqual(new Set(['string']));
    expect(types.map(({ operationId }) => operationId).sort()).toEqual([
      'exportAuditEvents',
      'exportMerchant',
      'exportMerchantApiKeys',
      'exportOwnAccount',
      'exportOwnMerchant',
      'importMerchantApiKeyLines',
    ]);
    for (const { operationId, requestBody, responses } of OPERATIONS)
      for (const holder of [requestBody, ...Object.values(responses)])
        expect([operationId, Object.keys(holder?.content ?? {}).length <= 1]).toEqual([operationId, true]);
  });

  it('type flags and levels in queries as what they are', () => {
    const parameters = OPERATIONS.flatMap(({ parameters: own = [] }) => own).filter((one) => one.in === 'query');
    const typeOf = (name: string) =>
      new Set(parameters.filter((one) => one.name === name).map(({ schema }) => schema.type));
    expect([typeOf('dryRun'), typeOf('level')]).toEqual([new Set(['boolean']), new Set(['integer'])]);
  });

  it('have both statuses of a removal, and the headers of replays, refusals and pages', () => {
    expect(Object.keys(operation('removeMember')?.responses ?? {}).slice(0, 2)).toEqual(['200', '204']);
    const headersOf = (id: string, status: number) =>
      Object.keys(operation(id)?.responses[String(status)]?.headers ?? {});
    expect(headersOf('createMerchantApiKey', 201)).toEqual(
      expect.arrayContaining(['replayed', 'ETag', 'X-Request-Id']),
    );
    expect(headersOf('listMerchantApiKeys', 401)).toEqual(expect.arrayContaining(['WWW-Authenticate']));
    expect(headersOf('listMerchantApiKeys', 503)).toEqual(expect.arrayContaining(['Retry-After']));
    expect(headersOf('checkKey', 429)).toEqual(expect.arrayContaining(['Retry-After', 'RateLimit']));
    expect(headersOf('listClientApiKeys', 200)).toEqual(expect.arrayContaining(['X-Total-Count', 'Link']));
  });

  it('fill in bodies that take nothing away', () => {
    const first = (id: string) =>
      Object.values(operation(id)?.requestBody?.content['application/json']?.examples ?? {})[0]?.value;
    expect(first('updateAccount')).toEqual({ language: 'de' });
    expect(first('logInAccount')).toEqual({ username: 'admin', password: 'correct horse battery' });
    expect(first('updateIdlePolicy')).toEqual({});
    expect(first('updateExposurePolicy')).toEqual({});
    expect(first('updateSignInPolicy')).toEqual({ requireSecondFactor: false });
    expect(Object.keys(first('verifyKey') as object)).toEqual(['key']);
    expect(Object.keys(first('createWebhook') as object)).toEqual(['url', 'events']);
  });
});
