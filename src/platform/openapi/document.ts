import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { readScheme } from '../http/requirement.js';
import { complete, type Operation, type SecurityScheme } from './operations.js';
import { Refusals } from './refusals.js';
import { Routes, type Route } from './routes.js';
import { ENUM_NAMES } from './enum-names.js';
import { GENERAL_HEADERS } from './headers.js';
import { nameEnums } from './passes/enums.js';
import { withFormat } from './passes/formats.js';
import { inJsonSchema } from './passes/json-schema.js';
import { shareComponents } from './passes/references.js';
import { mapSchemas } from './passes/schema.js';
import { ERROR_SCHEMAS } from './schemas.js';

const INTRODUCTION = `The API-key server: it issues, lists and revokes keys, and tells you, on every request, whether a key is valid and what it may do.

To explore: call **Log in** (POST /api/v1/auth/login), press **Authorize** and paste its \`accessToken\` into the first
field, **loginToken**. It is valid on every surface.`;

const TAGS: [string, string][] = [
  ['Merchants', 'Applications and their keys, members and merchants. Answers are the resource itself.'],
  ['Clients', 'Service IDs, and keys whose secrets can be listed again. Answers are `{status, message, data}`.'],
  [
    'Accounts',
    'Your own account and your personal keys. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic. ' +
      'Answers are `{result, …}`.',
  ],
  ['Verification', 'For gateways and services: whether a key is valid, and what it may do.'],
  ['Health', 'For load balancers and supervisors: whether this server is ready for requests, and whether it answers.'],
  [
    'OAuth',
    'Sessions that keys open (OAuth 2.0), so that a secret need not travel with every request. Requests are forms, errors `{error}` (RFC 6749).',
  ],
];

/** Every way to authenticate, in the order of Swagger UI's dialog. */
const SECURITY_SCHEMES: Record<SecurityScheme, Parameters<DocumentBuilder['addSecurity']>[1]> = {
  loginToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of a login.',
  },
  keyPair: { type: 'http', scheme: 'basic', description: 'A key as the username, its secret as the password.' },
  bearerKey: { type: 'http', scheme: 'bearer', description: 'A full key (`ks_…`).' },
  session: {
    type: 'oauth2',
    description: 'The access token of a session.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A full key, or `<key>:<secret>`.' },
};

/** An operation that is described by hand, with what its route requires and refuses. */
export interface DescribedOperation {
  operation: Operation;
  route: Route;
}

/** The operations of routes that Nest does not serve, by path and method. */
export type DescribedPaths = Record<string, Record<string, DescribedOperation>>;

/**
 * Creates the OpenAPI 3.1 document: what decorators and doc comments say, completed by what each surface adds.
 *
 * @param described the operations that Nest does not serve
 */
export function createDocument(app: NestFastifyApplication, described: DescribedPaths): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, frame(), {
    autoTagControllers: false,
    operationIdFactory: (controller, handler) => `${controller}.${handler}`,
  });
  const routes = new Routes(app);
  const refusals = new Refusals();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      // The generator numbers the paths of a handler that has several.
      const [controller = '', handler = ''] = operation.operationId.split(/[.[]/);
      const route = routes.find(controller, handler);
      operation.operationId = nameOperation(handler, route, path);
      complete(operation, route, path, method, refusals);
    }
  }
  for (const [path, methods] of Object.entries(described)) {
    const item: Record<string, Operation> = {};
    for (const [method, { operation, route }] of Object.entries(methods)) {
      complete(operation, route, path, method, refusals);
      item[method] = operation;
    }
    document.paths[path] = item;
  }
  const { schemas } = (document.components ??= {});
  Object.assign(document.components, {
    schemas: { ...schemas, ...ERROR_SCHEMAS },
    headers: GENERAL_HEADERS,
    examples: refusals.examples,
  });
  const plain = mapSchemas(document, (schema, place) => withFormat(inJsonSchema(schema), place));
  return shareComponents(nameEnums(plain, ENUM_NAMES));
}

/** Names an operation after its handler. Where a handler has two paths, the one that takes a key says so. */
const nameOperation = (handler: string, { requirement }: Route, path: string): string =>
  requirement.by === 'lastSegment' && readScheme(requirement, path) === 'keyPair' ? `${handler}WithKey` : handler;

/** Creates the document without its operations. */
function frame(): ReturnType<DocumentBuilder['build']> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Keywright')
    .setVersion('1')
    .setDescription(INTRODUCTION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/');
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) builder.addSecurity(name, scheme);
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return builder.build();
}
