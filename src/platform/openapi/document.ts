import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { readScheme } from '../http/requirement.js';
import { readVersion } from '../runtime/version.js';
import { completeOperation, type Operation, type SecurityScheme } from './operations.js';
import { Refusals } from './refusals.js';
import { Routes, type Route } from './routes.js';
import { ENUM_NAMES } from './enum-names.js';
import { GENERAL_HEADERS } from './headers.js';
import { addExamples } from './passes/examples.js';
import { nameEnums } from './passes/enums.js';
import { withFormat } from './passes/formats.js';
import { inJsonSchema } from './passes/json-schema.js';
import { shareComponents } from './passes/references.js';
import { mapSchemas, type Schema } from './passes/schema.js';
import { ERROR_SCHEMAS } from './schemas.js';
import { sortByTag, TAG_GROUPS, TAGS } from './tags.js';

const INTRODUCTION = `The API-key server: it issues, lists and revokes keys, and tells you, on every request, whether a key is valid and what it may do.

To explore: call **Log in** (POST /api/v1/auth/login), press **Authorize** and paste its \`accessToken\` into the first
field, **loginToken**. It is valid on every surface.`;

/** Every way to authenticate, in the order of Swagger UI's dialog. */
const SECURITY_SCHEMES: Record<SecurityScheme, Parameters<DocumentBuilder['addSecurity']>[1]> = {
  loginToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'For people: the `accessToken` of a login, for everything that manages accounts and keys. In place of it, the console sends the cookie of its ' +
      'session with `X-Keywright-Console: 1`.',
  },
  keyPair: {
    type: 'http',
    scheme: 'basic',
    description:
      'For paths in `/key`, and for clients that can send nothing but HTTP Basic: a key as the username, its secret as the password.',
  },
  bearerKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'For services: your own full key (`ks_…`). A service that verifies keys needs no other scheme.',
  },
  session: {
    type: 'oauth2',
    description: 'For gateways whose clients open sessions: the access token of a session.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  },
  portalToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'For end users: the token of a portal session, with which they manage their own keys.',
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description:
      'In place of `bearerKey`, where `Authorization` carries something else: a full key, or `<key>:<secret>`.',
  },
};

/** An operation that is described by hand, with what its route requires and refuses. */
export interface DescribedOperation {
  operation: Operation;
  route: Route;
}

/** What the server sends to others, by the name of the event, and the schemas that it refers to. */
export interface DescribedWebhooks {
  webhooks: Record<string, object>;
  schemas: Record<string, Schema>;
}

/** The operations of routes that Nest does not serve, by path and method. */
export type DescribedPaths = Record<string, Record<string, DescribedOperation>>;

/**
 * Creates the OpenAPI 3.1 document: what decorators and doc comments say, completed by what each surface adds.
 *
 * @param described the operations that Nest does not serve
 * @param webhooks what the server sends to others
 */
export function createDocument(
  app: NestFastifyApplication,
  described: DescribedPaths,
  { webhooks, schemas: eventSchemas }: DescribedWebhooks,
): OpenAPIObject {
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
      completeOperation(operation, route, path, method, refusals);
    }
  }
  for (const [path, methods] of Object.entries(described)) {
    const item: Record<string, Operation> = {};
    for (const [method, { operation, route }] of Object.entries(methods)) {
      completeOperation(operation, route, path, method, refusals);
      item[method] = operation;
    }
    document.paths[path] = item;
  }
  const { schemas } = (document.components ??= {});
  Object.assign(document.components, {
    schemas: { ...schemas, ...eventSchemas, ...ERROR_SCHEMAS },
    headers: GENERAL_HEADERS,
    examples: refusals.examples,
  });
  const plain = mapSchemas(document, (schema, place) => withFormat(inJsonSchema(schema), place));
  const complete = shareComponents(addExamples(nameEnums(plain, ENUM_NAMES)));
  return { ...complete, 'x-tagGroups': TAG_GROUPS, paths: sortByTag(complete.paths), webhooks } as OpenAPIObject;
}

/** Names an operation after its handler. Where a handler has two paths, the one that takes a key says so. */
const nameOperation = (handler: string, { requirement }: Route, path: string): string =>
  requirement.by === 'lastSegment' && readScheme(requirement, path) === 'keyPair' ? `${handler}WithKey` : handler;

/** Creates the document without its operations. */
function frame(): ReturnType<DocumentBuilder['build']> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Keywright')
    .setVersion(readVersion())
    .setDescription(INTRODUCTION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/');
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) builder.addSecurity(name, scheme);
  for (const { name, description } of TAGS) builder.addTag(name, description);
  return builder.build();
}
