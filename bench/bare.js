// Bare Fastify, or Node's bare server, answering the same as the server does to the same requests: what everything else is measured against.
import { createServer } from 'node:http';
import fastify from 'fastify';
import { VERIFICATION } from '../dist/src/verification/http/answer-schemas.js';
import { VERIFY_BODY } from '../dist/src/verification/http/schemas.js';

const [kind, answers] = process.argv.slice(2);
const { headers, verification } = JSON.parse(answers);
const port = Number(process.env.PORT);
await { fastify: serveByFastify, node: serveByNode }[kind]();
process.send('ready');

async function serveByFastify() {
  const app = fastify({ ajv: { customOptions: { coerceTypes: false } } });

  app.get('/api/v1/keys/check', (request, reply) => {
    if (request.headers.authorization === undefined) return reply.code(401).send();
    reply.code(204).headers(headers).send();
  });

  app.post(
    '/api/v1/keys/verify',
    { schema: { body: VERIFY_BODY, response: { 200: VERIFICATION } } },
    (request, reply) => {
      if (request.headers.authorization === undefined) return reply.code(401).send();
      reply.send(verification);
    },
  );
  await app.listen({ port });
}

async function serveByNode() {
  const server = createServer((request, response) => {
    if (request.headers.authorization === undefined) response.writeHead(401).end();
    else if (request.method === 'GET') response.writeHead(204, headers).end();
    else answerBody(request, response);
  });
  await new Promise((resolve) => server.listen(port, resolve));
}

function answerBody(request, response) {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += text));
  request.on('end', () => {
    if (typeof JSON.parse(body).key !== 'string') return response.writeHead(400).end();
    const text = JSON.stringify(verification);
    response
      .writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) })
      .end(text);
  });
}
