import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { complete, KEY_PAIR, LOGIN_TOKEN, SESSION, type Operation } from './operations.js';
import { VERIFICATION_PATHS } from './verification-paths.js';
import { ERRORS, inJsonSchema, type Schema } from './schemas.js';

const INTRODUCTION = `The API-key server: it issues keys, shows them, retires them, and answers at every request whether a key is good and for what.

To explore: call **Log in** (POST /api/v1/auth/login), press **Authorize** and paste the token. It is good on every surface.`;

const TAGS: [string, string][] = [
  ['Merchants', 'Applications and their keys, members and merchants. Answers are the resource itself.'],
  ['Clients', 'Service IDs, and keys whose secrets can be listed again. Answers are `{status, message, data}`.'],
  [
    'Accounts',
    'Your own account and your personal keys. Paths that end in `/jwt` take a login token, those in `/key` a key and its secret by HTTP Basic. ' +
      'Answers are `{result, …}`.',
  ],
  ['Verification', 'For gateways and services: is this key good, and for what?'],
  [
    'Health',
    'For load balancers and whoever starts processes anew: may this server be sent requests, and does it answer?',
  ],
  [
    'OAuth',
    'Sessions that keys open (OAuth 2.0), so that a secret need not travel with every request. Requests are forms, refusals `{error}` as RFC 6749 has them.',
  ],
];

/** Serves the document at `/docs/json`, Swagger UI at `/docs`, and leads `/` there. */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'docs/json',
    yamlDocumentUrl: 'docs/yaml',
    customSiteTitle: 'Keywright',
    swaggerOptions: {
      persistAuthorization: true,
      docExpansion: 'list',
      operationsSorter: 'alpha',
      tryItOutEnabled: true,
      defaultModelsExpandDepth: -1,
    },
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/', (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/docs'));
}

/** The OpenAPI 3.1 document: what the decorators and doc comments say, completed by what each surface adds. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Keywright')
    .setVersion('1')
    .setDescription(INTRODUCTION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBasicAuth(
      { type: 'http', scheme: 'basic', description: 'A key as the user name, its secret as the password.' },
      KEY_PAIR,
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A full key (`ks_…`).' }, 'bearerKey')
    .addOAuth2(
      {
        type: 'oauth2',
        description: 'The access token of a session.',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
      },
      SESSION,
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A full key, or `<key>:<secret>`.' },
      'apiKey',
    )
    // The last one is where the cursor is when the dialog opens.
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A login token.' }, LOGIN_TOKEN);
  for (const [name, description] of TAGS) builder.addTag(name, description);

  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
  });
  Object.assign(document.paths, VERIFICATION_PATHS());
  const seen = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      operation.operationId = uniqueName(operation.operationId, seen);
      complete(path, operation);
    }
  }
  const schemas = (document.components ??= {}).schemas as Record<string, Schema>;
  for (const { name, schema } of Object.values(ERRORS)) schemas[name] = schema;
  return inJsonSchema(document) as OpenAPIObject;
}

/** Handlers that serve two paths take a login token on the first and a key on the second. */
function uniqueName(name: string, seen: Set<string>): string {
  const [base = name] = name.split(/[_[]/);
  const unique = seen.has(base) ? `${base}WithKey` : base;
  seen.add(unique);
  return unique;
}
