// Bare Fastify that answers a check by the statement by which the server reads a key that it doesn't know.
import fastify from 'fastify';
import mysql from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { TABLES } from '../dist/src/entities.js';
import { parseDatabaseUrl } from '../dist/src/platform/config/database-url/database-url.js';
import { CachedKeyReader } from '../dist/src/verification/cache/cached-key.js';

const { host, port, user, password, database } = parseDatabaseUrl(process.env.DATABASE_URL);
const source = await new DataSource({
  type: 'mariadb',
  host,
  port,
  username: user,
  password,
  database,
  ...TABLES,
}).initialize();
const { statement } = new CachedKeyReader({ manager: source.manager });
const pool = mysql.createPool({ host, port, user, password, database, connectionLimit: 10 });
const app = fastify();

app.get('/api/v1/keys/check', async (request, reply) => {
  const publicId = request.headers.authorization.slice('Bearer '.length).slice(0, 24);
  const [rows] = await pool.query(statement, [publicId, publicId]);
  return reply.code(rows.length === 1 ? 204 : 401).send();
});

await app.listen({ port: Number(process.env.PORT) });
process.send('ready');
