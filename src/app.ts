import { Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify';
import { QueryFailedError, type DataSource } from 'typeorm';
import { FirstAdmin, type FirstLogin } from './accounts/first-admin.js';
import { AppModule } from './app.module.js';
import { readOidcSettings } from './auth/oidc/oidc-settings.js';
import { TABLES } from './entities.js';
import type { Config } from './platform/config/config.js';
import { awaitDatabase } from './platform/database/open-database.js';
import { asOpenFailure } from './platform/database/open-failure.js';
import { PriorityConnections } from './platform/database/priority-connections.js';
import { Clock } from './platform/runtime/clock.js';
import { DomainError } from './platform/events/domain-error.js';
import { ExposureDetector } from './exposures/exposure-detector.js';
import { registerFastPath } from './verification/http/fast-path.js';
import { describeWebhooks } from './webhooks/described-webhooks.js';
import { describeVerification } from './verification/http/verification-paths.js';
import { allowOtherOrigins } from './portal/cross-origin.js';
import { PlainRequests } from './verification/http/plain-requests.js';
import { VerificationRoutes } from './verification/http/verification.routes.js';
import { addAnswerHeaders } from './platform/http/answer-headers.js';
import { answerFailure } from './platform/http/surfaces/answers.js';
import { BODY_LIMIT, readBodies } from './platform/http/bodies.js';
import { endConnectionsOnClose } from './platform/http/end-connections.js';
import { serverFactory } from './platform/http/http-server.js';
import { allowStreams } from './platform/http/late-requests.js';
import { nameRequest, requestIds } from './platform/http/request-id.js';
import { trustedProxies } from './platform/http/trusted-proxies.js';
import { answerLate, answerUnreadable } from './platform/http/surfaces/unreadable.js';
import { MetricsExporter } from './platform/observability/metrics/metrics.js';
import { watchRequests } from './platform/observability/requests.js';
import type { Tracing } from './platform/observability/traces/tracing.js';
import { createDocument } from './platform/openapi/document.js';
import { migrate } from './platform/database/schema.js';
import { claimSecrets } from './platform/secrets/secret-check.js';
import { configuredSecrets } from './secrets.js';

/** The longest path parameter: as long as Node's limit for a request's head, so that the route refuses a long id in its own envelope. */
const PARAMETER_LIMIT = 16 * 1024;

interface AssembledApp {
  app: NestFastifyApplication;
  /** Answers the requests of the fast path, which never reach Nest. */
  fastPath: FastifyInstance;
}

export interface StartedApp extends AssembledApp {
  /** The login of the first account, when this start created it. */
  firstLogin: FirstLogin | null;
}

/** Creates the application with its first account, ready to listen. The program and the tests start the same application. */
export async function createApp(
  config: Config,
  logger: LoggerService | false,
  clock = new Clock(),
): Promise<StartedApp> {
  const assembled = await assembleApp(config, logger, clock);
  return { ...assembled, firstLogin: await assembled.app.get(FirstAdmin).ensure() };
}

/** Creates the application on a migrated database. */
export async function assembleApp(
  config: Config,
  logger: LoggerService | false,
  clock = new Clock(),
): Promise<AssembledApp> {
  let lost: string[] = [];
  const { app, fastPath } = await composeApp(config, logger, clock, async (database) => {
    await migrate(database);
    lost = await claimSecrets(database, configuredSecrets(config), config.ACCEPT_NEW_SECRETS);
  });
  for (const sentence of lost) new Logger('Keywright').warn(sentence);
  try {
    await app.init();
  } catch (error) {
    // Some of its parts may have started, and would hold a lease.
    await app.close().catch(() => undefined);
    throw error;
  }
  app.enableShutdownHooks([], { useProcessExit: true });
  return { app, fastPath };
}

/** Describes everything that the application serves, as OpenAPI. */
export const describeApp = (app: NestFastifyApplication): OpenAPIObject =>
  createDocument(app, describeVerification(), describeWebhooks());

/**
 * Composes the application; none of its parts has started yet.
 *
 * @param prepare makes sure that the database may be used; by default it is left as it is
 */
export async function composeApp(
  config: Config,
  logger: LoggerService | false,
  clock = new Clock(),
  prepare: (database: DataSource) => Promise<void> = () => Promise.resolve(),
): Promise<AssembledApp> {
  // Settings that do not fit together are refused before the database is touched.
  readOidcSettings(config);
  const { DATABASE_URL: url, databaseWaitSeconds: seconds } = config;
  const database = await awaitDatabase(url, TABLES, seconds, (reason) => {
    if (logger) logger.warn(`${reason} Trying again for ${seconds} seconds.`, 'Keywright');
  });
  try {
    await prepare(database);
  } catch (error) {
    await database.destroy().catch(() => undefined);
    throw error instanceof QueryFailedError ? asOpenFailure(error, url) : error;
  }
  const tracing = await startTracing(config);
  const fastPath = createFastify(config);
  tracing?.follow(fastPath);
  const verifications = await registerFastPath(fastPath, () => ({
    plain: app.get(PlainRequests),
    routes: app.get(VerificationRoutes),
  }));
  const http = createFastify(config, serverFactory(config, verifications));
  http.addHook('onRequest', addAnswerHeaders(config));
  allowOtherOrigins(http);
  http.addHook('onRequest', nameRequest);
  http.addHook('onRequest', allowStreams(config.REQUEST_TIMEOUT_SECONDS, answerLate));
  tracing?.follow(http);
  readBodies(http);
  // The second time, the body has been read.
  for (const moment of ['onRequest', 'preValidation'] as const)
    http.addHook(moment, (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      app.get(ExposureDetector).inspect(request);
      done();
    });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, clock, database),
    new FastifyAdapter(http),
    {
      logger,
      bodyParser: false,
      abortOnError: false,
    },
  );
  http.addHook('onListen', (done) => {
    const [address] = http.addresses();
    if (typeof address === 'object') config.listensOn = address.port;
    done();
  });
  endConnectionsOnClose(http);
  watchRequests(http, { metrics: app.get(MetricsExporter), areLogged: ['debug', 'info'].includes(config.logLevel) });
  if (tracing) {
    tracing.followStatements([database, app.get(PriorityConnections).manager.dataSource]);
    http.addHook('onClose', () => tracing.stop());
  }
  return { app, fastPath };
}

/** Loads the OpenTelemetry SDK only when traces have a receiver. */
async function startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Config): Promise<Tracing | null> {
  if (endpoint === undefined) return null;
  const traces = await import('./platform/observability/traces/tracing.js');
  return new traces.Tracing(endpoint);
}

function createFastify(config: Config, factory?: FastifyServerFactory): FastifyInstance {
  const instance = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
    trustProxy: trustedProxies(config),
    // A value of the wrong type is refused, never converted, and so is an unknown name, never dropped. A problem names the schema that it breaks.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, verbose: true } },
    genReqId: requestIds(),
    // Fastify refuses a path that cannot be decoded before it knows the route.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void answerFailure(new DomainError('request.malformed'), request, reply),
    clientErrorHandler: answerUnreadable,
    ...(factory && { serverFactory: factory }),
  });
  return instance.decorate('config', config);
}
