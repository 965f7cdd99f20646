/**
 * Guarantee: connections to MariaDB and MySQL are made as DATABASE_URL says: encrypted and verified, through a Unix socket, over IPv6, to a database of
 * any name. Runs alone because it starts a server of its own.
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import { TABLES } from '../../src/entities.js';
import { PriorityConnections } from '../../src/platform/database/priority-connections.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { migrate } from '../../src/platform/database/schema.js';
import { CertificateAuthority, type Certificate } from '../support/certificates.js';
import type { DatabaseServer } from '../support/database-server.js';
import { CAN_START_SERVER, startServer } from '../support/private-server.js';
import { TestServer } from '../support/server.js';

const LONG_NAME = 'd'.repeat(64);

const plain = process.env.TEST_DATABASE_URL;

(CAN_START_SERVER ? describe : describe.skip)('a connection to a database server', () => {
  let folder: string;
  let authority: CertificateAuthority;
  let other: CertificateAuthority;
  let client: Certificate;
  let daemon: DatabaseServer;
  let root: Connection;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keywright-tls-'));
    authority = CertificateAuthority.create(folder, 'authority');
    other = CertificateAuthority.create(folder, 'other');
    client = authority.issue('client', []);
    const { cert, key } = authority.issue('server', ['DNS:localhost', 'IP:127.0.0.2']);
    const ssl = [`--ssl-ca=${authority.path}`, `--ssl-cert=${cert}`, `--ssl-key=${key}`];
    daemon = await startServer([...ssl, '--require-secure-transport=ON', '--bind-address=*']);
    root = await daemon.connect();
    await root.query(
      `CREATE DATABASE kw; CREATE DATABASE \`kw db\`; CREATE DATABASE ${LONG_NAME};
       CREATE USER 'k:w@'@'%' IDENTIFIED BY 'p%/?#@'; GRANT ALL ON *.* TO 'k:w@'@'%';
       CREATE USER known@'%' IDENTIFIED BY 'secret' REQUIRE X509; GRANT ALL ON kw.* TO known@'%'`,
    );
  });
  afterAll(async () => {
    await root.end();
    await daemon.stop();
    await rm(folder, { recursive: true });
  });

  const CREDENTIALS = 'k%3Aw%40:p%25%2F%3F%23%40';
  const url = (host: string, parameters = '', database = 'kw') =>
    `${daemon.engine}://${CREDENTIALS}@${host}:${daemon.port}/${database}?${parameters}`;
  const using = async <T>(databaseUrl: string, work: (source: DataSource) => Promise<T>): Promise<T> => {
    const source = await openDatabase(databaseUrl, TABLES);
    try {
      return await work(source);
    } finally {
      await source.destroy();
    }
  };
  const cipherOf = async (source: Pick<DataSource, 'query'>): Promise<string> =>
    (await source.query<{ Value: string }[]>(`SHOW SESSION STATUS LIKE 'Ssl_cipher'`))[0]?.Value ?? '';
  const expectRefused = async (databaseUrl: string, reason: string | RegExp) => {
    const refused = using(databaseUrl, () => Promise.resolve());
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.not.toThrow('\n');
  };

  it.each(['', 'ssl-mode=PREFERRED', 'ssl-mode=REQUIRED'])('is encrypted with "%s"', async (parameters) => {
    expect(await using(url('127.0.0.1', parameters), cipherOf)).toMatch(/^TLS_/);
  });

  it('is in the clear with DISABLED, which a server can refuse', async () => {
    await expectRefused(
      url('127.0.0.1', 'ssl-mode=DISABLED'),
      /ER_ACCESS_DENIED_ERROR|[Ii]nsecure transport|require_secure_transport/,
    );
  });

  it('verifies who signed the certificate, and whom it names, where it is told to', async () => {
    const [right, wrong] = [authority, other].map(({ path }) => `ssl-ca=${encodeURIComponent(path)}`);
    expect(await using(url('127.0.0.1', right), cipherOf)).toMatch(/^TLS_/);
    expect(await using(url('127.0.0.1', `${right}&ssl-mode=VERIFY_CA`), cipherOf)).toMatch(/^TLS_/);
    await expectRefused(url('127.0.0.1', wrong), /certificate/);
    for (const host of ['localhost', '127.0.0.2'])
      expect(await using(url(host, `${right}&ssl-mode=VERIFY_IDENTITY`), cipherOf)).toMatch(/^TLS_/);
    await expectRefused(url('127.0.0.1', `${right}&ssl-mode=VERIFY_IDENTITY`), /altnames/);
    await expectRefused(url('localhost', `${wrong}&ssl-mode=VERIFY_IDENTITY`), /certificate/);
    await expectRefused(url('localhost', 'ssl-mode=VERIFY_IDENTITY'), /certificate/);
  });

  it('identifies itself by a certificate', async () => {
    const asKnown = `${daemon.engine}://known:secret@127.0.0.1:${daemon.port}/kw`;
    expect(await using(`${asKnown}?ssl-cert=${client.cert}&ssl-key=${client.key}`, cipherOf)).toMatch(/^TLS_/);
    await expectRefused(asKnown, /does not accept the user known .*ER_ACCESS_DENIED_ERROR/);
  });

  it('is refused in one line where a file of the TLS settings cannot be used', async () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'text');
    const broken = join(folder, 'broken');
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\ntext\n-----END CERTIFICATE-----\n');
    await expectRefused(url('localhost', 'ssl-ca=/nowhere/ca.pem'), 'DATABASE_URL: ssl-ca cannot be read: ENOENT');
    await expectRefused(url('localhost', `ssl-ca=${text}`), 'DATABASE_URL: ssl-ca is no file in PEM');
    await expectRefused(url('localhost', `ssl-cert=${broken}&ssl-key=${client.key}`), 'is no valid PEM');
  });

  it('is encrypted for the lease, too, and stays while it is used', async () => {
    const database = { url: url('localhost', `ssl-mode=VERIFY_IDENTITY&ssl-ca=${authority.path}&read-timeout=3`) };
    const nothing = { dump: () => Promise.resolve(''), drop: () => Promise.resolve() };
    const server = await TestServer.start({}, { ...database, ...nothing });
    const { manager } = server.app.get(PriorityConnections);
    expect(await cipherOf(manager)).toMatch(/^TLS_/);
    expect(await cipherOf(server.dataSource)).toMatch(/^TLS_/);
    const idsOf = async () => {
      const used = `SELECT id FROM information_schema.processlist WHERE user = 'k:w@' AND db = 'kw'`;
      return ((await root.query(used))[0] as { id: number }[]).map(({ id }) => id);
    };
    const before = await idsOf();
    // Longer than any connection may be silent: idle ones of the pool are closed, those of the lease are never idle.
    await sleep(6000);
    const after = await idsOf();
    expect(before.filter((id) => after.includes(id))).not.toEqual([]);
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect(server.logs.filter((line) => line.includes('not responding'))).toEqual([]);
    await server.stop();
  });

  (plain ? it : it.skip)('needs no TLS where the server has none, unless it is required', async () => {
    const { port } = new URL(plain ?? '');
    const clear = (parameters: string) => `mariadb://root@127.0.0.1:${port}/mysql?${parameters}`;
    expect(await using(clear(''), cipherOf)).toBe('');
    await expectRefused(clear('ssl-mode=REQUIRED'), /does not offer TLS/);
  });

  it('goes through a Unix socket', async () => {
    const socketPath = encodeURIComponent(daemon.socket);
    const socket = `${daemon.engine}://${CREDENTIALS}@localhost/kw?socketPath=${socketPath}`;
    const [{ host }] = await using(socket, (source) =>
      source.query(`SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()`),
    );
    expect(host).toBe('localhost');
    await expectRefused(`mariadb://u@/kw?socketPath=/nowhere/socket`, 'nothing answers at /nowhere/socket (ENOENT)');
  });

  const hasV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  (hasV6 ? it : it.skip)('goes over IPv6', async () => {
    expect(await using(url('[::1]'), cipherOf)).toMatch(/^TLS_/);
  });

  it.each([
    ['with a space', 'kw%20db'],
    ['of 64 characters', LONG_NAME],
  ])('migrates a database whose name is one %s', async (_, name) => {
    const count = await using(url('127.0.0.1', '', name), async (source) => {
      await migrate(source);
      return source.query<{ count: string }[]>('SELECT COUNT(*) AS count FROM merchant');
    });
    expect(Number(count[0]?.count)).toBe(0);
  });

  it('is made by the user that the documentation says how to create', async () => {
    const [, statements = ''] = /^ *mariadb -e "(.+)"$/m.exec(readFileSync('docs/databases.md', 'utf8')) ?? [];
    await root.query(statements);
    const own = `${daemon.engine}://keywright:secret@127.0.0.1:${daemon.port}/keywright`;
    expect(await using(own, (source) => migrate(source).then(() => 'migrated'))).toBe('migrated');
  });

  it('is one of as many as the pool may have, and waits no longer than it should', async () => {
    await using(url('127.0.0.1', 'pool-size=2'), async (source) => {
      const ids = await Promise.all(
        Array.from({ length: 6 }, () => source.query<{ id: string }[]>('SELECT CONNECTION_ID() AS id, SLEEP(0.05)')),
      );
      expect(new Set(ids.map(([row]) => row?.id)).size).toBe(2);
    });
    await using(url('127.0.0.1', 'read-timeout=1'), (source) =>
      expect(source.query('SELECT SLEEP(5)')).rejects.toThrow('The database does not answer'),
    );
    const start = performance.now();
    await expectRefused('mariadb://u:p@198.51.100.1/kw?connect-timeout=1', /ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ECONN/);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
