import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { FirstAdmin, type FirstLogin } from './accounts/first-admin.js';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { migrate } from './database.js';
import { Clock } from './domain/clock.js';
import { DomainError } from './domain/domain-error.js';
import { answerFailure } from './http/answers.js';
import { BODY_LIMIT, readBodies } from './http/bodies.js';

/** Characters of one path parameter; a longer one is no route. */
const PARAMETER_LIMIT = 500;

export interface StartedApp {
  app: NestFastifyApplication;
  /** How to log in, when this start made the first account. */
  firstLogin: FirstLogin | null;
}

/** The whole application on a migrated database, ready to listen. The program and the tests start the same thing. */
export async function createApp(
  config: Config,
  logger: LoggerService | false,
  clock = new Clock(),
): Promise<StartedApp> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, clock), createAdapter(config), {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.getHttpAdapter().getInstance().decorate('config', config);
  readBodies(app);
  await migrate(app.get<DataSource>(getDataSourceToken()));
  await app.init();
  app.enableShutdownHooks();
  return { app, firstLogin: await app.get(FirstAdmin).ensure() };
}

function createAdapter(config: Config): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
    trustProxy: config.TRUSTED_PROXIES ?? false,
    // A body is what it says it is: nothing is turned into what a schema would like it to be.
    ajv: { customOptions: { coerceTypes: false } },
    genReqId: () => randomUUID(),
    // What Fastify refuses before it knows the route: a path that can't be decoded.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void answerFailure(new DomainError('request.malformed'), request, reply),
  });
}
