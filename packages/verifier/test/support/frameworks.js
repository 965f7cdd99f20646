// The same application in each framework: GET /orders needs level 2 and the scope orders:read, and answers with what it has been told of the key.
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serve } from '@hono/node-server';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import * as forExpress from '@keywright/verifier/express';
import * as forFastify from '@keywright/verifier/fastify';
import * as forHono from '@keywright/verifier/hono';
import * as forKoa from '@keywright/verifier/koa';
import * as forNest from '@keywright/verifier/nest';

export const REQUIRED = { level: 2, scopes: ['orders:read'] };

/** What a route of every framework answers. */
const show = ({ keyId, level, scopes }) => ({ keyId, level, scopes });

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listenNest(app) {
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), stop: () => app.close() };
}

/** The module of the application. Decorators are functions, which need no syntax. */
function nestApplication(verify) {
  class Orders {
    list(key) {
      return show(key);
    }
  }
  Controller('orders')(Orders);
  const handler = Object.getOwnPropertyDescriptor(Orders.prototype, 'list');
  Get()(Orders.prototype, 'list', handler);
  UseGuards(forNest.requireKey(verify, REQUIRED))(Orders.prototype, 'list', handler);
  forNest.Key()(Orders.prototype, 'list', 0);
  class Application {}
  Module({ controllers: [Orders] })(Application);
  return Application;
}

/** Starts the application, behind a proxy that is trusted. Where a framework knows of none, there is none. */
export const FRAMEWORKS = {
  async Express(verify) {
    const app = express().set('trust proxy', true);
    app.get('/orders', forExpress.requireKey(verify, REQUIRED), (request, response) => {
      response.json(show(request.key));
    });
    app.use((error, _request, response, _next) => response.status(500).json({ message: error.message }));
    return listen(createServer(app));
  },

  async Fastify(verify) {
    const app = fastify({ trustProxy: true });
    app.get('/orders', { onRequest: forFastify.requireKey(verify, REQUIRED) }, (request) => show(request.key));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, stop: () => app.close() };
  },

  async 'Nest on Express'(verify) {
    const app = await NestFactory.create(nestApplication(verify), new ExpressAdapter(), { logger: false });
    app.set('trust proxy', true);
    return listenNest(app);
  },

  async 'Nest on Fastify'(verify) {
    const adapter = new FastifyAdapter({ trustProxy: true });
    return listenNest(await NestFactory.create(nestApplication(verify), adapter, { logger: false }));
  },

  async Hono(verify) {
    const app = new Hono();
    app.get('/orders', forHono.requireKey(verify, REQUIRED), (context) => context.json(show(context.get('key'))));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const stop = async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    };
    return { url: `http://127.0.0.1:${server.address().port}`, stop };
  },

  async Koa(verify) {
    const app = new Koa({ proxy: true });
    app.silent = true;
    app.use(forKoa.requireKey(verify, REQUIRED));
    app.use((context) => (context.body = show(context.state.key)));
    return listen(createServer(app.callback()));
  },
};

/** Frameworks whose applications here trust a proxy in front. */
export const KNOWS_PROXY = ['Express', 'Fastify', 'Nest on Express', 'Nest on Fastify', 'Koa'];
