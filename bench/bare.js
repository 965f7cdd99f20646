// Bare Fastify, answering the same as the server does to the same requests: what everything else is measured against.
import fastify from 'fastify';
import { VERIFICATION } from '../dist/src/verification/http/answer-schemas.js';
import { VERIFY_BODY } from '../dist/src/verification/http/schemas.js';

const { headers, verification } = JSON.parse(process.argv[2]);
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

await app.listen({ port: Number(process.env.PORT) });
process.send('ready');
