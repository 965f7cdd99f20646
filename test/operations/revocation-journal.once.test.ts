/** Guarantees of the revocation journal: what is revoked is on the disk before the call that revokes returns. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { appendFile, copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { listJournal, readJournal } from '../../src/verification/journal/journal-reader.js';
import { readJournals } from '../../src/backup/journals.js';
import { compact } from '../../src/verification/journal/compaction.js';
import { formatHeader } from '../../src/verification/journal/journal-header.js';
import { JournalFile } from '../../src/verification/journal/journal-file.js';
import { JournalWriter } from '../../src/verification/journal/journal-writer.js';
import { formatLine, type JournalEntry } from '../../src/verification/journal/revocation.js';
import { TestServer, type User } from '../support/server.js';

describe('revocation journal', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const entries = async (): Promise<JournalEntry[]> => {
    const found: JournalEntry[] = [];
    for (const name of await readdir(server.journalFolder))
      await readJournal(join(server.journalFolder, name), (entry) => found.push(entry));
    return found.sort((one, other) => one.revision - other.revision);
  };
  const files = async (): Promise<string[]> =>
    (await readdir(server.journalFolder)).map((name) => join(server.journalFolder, name));
  const holds = async (id: string): Promise<boolean> =>
    (await Promise.all((await files()).map((path) => readFile(path, 'utf8')))).some((text) => text.includes(id));
  const call = async (method: string, path: string, json?: object): Promise<JournalEntry[]> => {
    const before = (await entries()).length;
    const { status } = await server.call(method, path, { token: user.token, ...(json && { json }) });
    expect(status).toBeLessThan(300);
    return (await entries()).slice(before);
  };
  const keyPath = (id: string): string => `/api/v1/applications/${application}/api-keys/${id}`;

  it.each([
    ['disabling', { isEnabled: false }],
    ['a lower level', { level: 1 }],
    ['fewer scopes', { scopes: ['payments:read'] }],
    ['an earlier expiry', { expiresInSeconds: 60 }],
    ['a rate limit', { rateLimit: { limit: 1, windowSeconds: 60 } }],
    ['fewer addresses', { allowedIps: ['192.0.2.1'] }],
  ])('holds %s when the answer comes', async (_, change) => {
    const { id } = await server.newFullKey(user, application);
    expect(await call('PATCH', keyPath(id), change)).toMatchObject([{ kind: 'key', id, revokes: 'permissions' }]);
  });

  it.each([
    ['a name', { description: 'Another name' }],
    ['metadata', { metadata: { a: 1 } }],
  ])('holds no change of %s', async (_, change) => {
    const { id } = await server.newFullKey(user, application);
    expect(await call('PATCH', keyPath(id), change)).toEqual([]);
  });

  it('holds nothing that is given back', async () => {
    const limits = { level: 1, expiresInSeconds: 60, allowedIps: ['192.0.2.1'] };
    const { id } = await server.newFullKey(user, application, limits);
    expect(await call('PATCH', keyPath(id), { level: 2, expiresAt: null, allowedIps: null })).toEqual([]);
    await call('PATCH', keyPath(id), { isEnabled: false });
    expect(await call('PATCH', keyPath(id), { isEnabled: true })).toEqual([]);
  });

  it('holds a rotation, with the public id of the credential that remains', async () => {
    const { id } = await server.newFullKey(user, application);
    const [entry] = await call('POST', `${keyPath(id)}/rotate`, { overlapSeconds: 60 });
    expect(entry).toMatchObject({ kind: 'key', id, revokes: 'credential' });
    const { body } = await server.call('GET', keyPath(id), { token: user.token });
    expect(entry?.remaining).toBeDefined();
    expect(JSON.stringify(body)).toContain(entry?.remaining?.slice(0, 4));
  });

  it('holds deletions of keys and applications, and applications that are disabled', async () => {
    const { id } = await server.newFullKey(user, application);
    expect(await call('DELETE', keyPath(id))).toMatchObject([{ kind: 'key', id, revokes: 'everything' }]);
    const other = await server.newApplication(user);
    const key = await server.newFullKey(user, other);
    expect(await call('PATCH', `/api/v1/applications/${other}/status`, { isEnabled: false })).toMatchObject([
      { kind: 'application', id: other, revokes: 'permissions' },
    ]);
    expect(await call('DELETE', `/api/v1/applications/${other}`)).toMatchObject([
      { kind: 'key', id: key.id, revokes: 'everything' },
      { kind: 'application', id: other, revokes: 'everything' },
    ]);
  });

  it('syncs once for a bulk of many keys', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 20; count += 1) ids.push((await server.newFullKey(user, application)).id);
    const before = await entries();
    await server.call('POST', '/api/v1/api-keys/bulk-disable', { token: user.token, json: { ids, expectedCount: 20 } });
    const added = (await entries()).slice(before.length);
    expect(added.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(new Set(added.map(({ revision }) => revision)).size).toBe(1);
  });

  it('holds what a merchant and a member lose', async () => {
    const other = await server.newMerchant();
    const member = await server.newMember(other, 'user');
    const before = (await entries()).length;
    await server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: other.token, json: { role: 'readOnly' } });
    await server.call('DELETE', `/api/v1/members/${member.uuid}`, { token: other.token });
    const path = `/api/v1/merchants/${other.merchantId}`;
    await server.call('PATCH', path, { token: server.admin.token, json: { status: 'blocked' } });
    await server.call('PATCH', path, { token: server.admin.token, json: { status: 'active' } });
    expect((await entries()).slice(before)).toMatchObject([
      { kind: 'account', id: member.uuid, revokes: 'permissions', remaining: 'readOnly' },
      { kind: 'account', id: member.uuid, revokes: 'everything' },
      { kind: 'merchant', id: other.merchantId, revokes: 'permissions' },
    ]);
  });

  it('gets a line that a process has committed and not written, when one starts', async () => {
    const { id } = await server.newFullKey(user, application);
    await call('DELETE', keyPath(id));
    await server.close();
    for (const path of await files()) {
      const text = await readFile(path, 'utf8');
      if (text.includes(id)) await writeFile(path, text.slice(0, text.indexOf(id)));
    }
    expect(await holds(id)).toBe(false);
    await server.open();
    expect(await holds(id)).toBe(true);
    for (const path of await files()) expect((await readJournal(path, () => undefined)).isTorn).toBe(false);
  });

  it('is merged into one file when its files are many', async () => {
    const { id } = await server.newFullKey(user, application);
    await call('PATCH', keyPath(id), { isEnabled: false });
    await call('PATCH', keyPath(id), { isEnabled: false });
    const [first = ''] = await files();
    for (let copy = 0; copy < 8; copy += 1) await copyFile(first, join(server.journalFolder, `${copy}.ndjson`));
    await server.close();
    await server.open();
    expect(await files()).toHaveLength(2);
    expect((await entries()).filter((entry) => entry.id === id)).toHaveLength(1);
  });

  it('keeps entries for as long as it is told, and then says that it does not reach back', async () => {
    const { id } = await server.newFullKey(user, application);
    await call('DELETE', keyPath(id));
    const { database } = (await readJournal((await files())[0] ?? '', () => undefined)).header ?? { database: '' };
    const folder = mkdtempSync(join(tmpdir(), 'keywright-old-'));
    for (const path of await files()) await copyFile(path, join(folder, basename(path)));
    const gaps = async (revision: number): Promise<string[]> =>
      (await readJournals(folder, [], { database, revision })).gaps;
    const [latest = 0] = (await entries()).slice(-1).map(({ revision }) => revision);
    const merge = async (keptSince: Date): Promise<void> =>
      compact({ folder, files: await listJournal(folder), database, now: new Date(), keptSince });
    await merge(new Date(0));
    expect(await gaps(0)).toEqual([]);
    await merge(new Date(Date.now() + 1000));
    expect(await gaps(latest - 1)).toEqual([expect.stringMatching(/does not reach back/)]);
    expect(await gaps(latest)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('is merged without keeping requests waiting, however many entries it has', async () => {
    const { header } = await readJournal((await files())[0] ?? '', () => undefined);
    if (!header) throw new Error('The journal has no first line.');
    const folder = mkdtempSync(join(tmpdir(), 'keywright-many-'));
    const line = (revision: number): string =>
      formatLine(revision, '2026-01-01T00:00:00.000Z', [{ kind: 'key', id: `key ${revision}`, revokes: 'everything' }]);
    const lines = Array.from({ length: 200_000 }, (_, index) => line(index + 1));
    await writeFile(join(folder, 'many.ndjson'), [formatHeader(header), ...lines].join(''));
    const delays = monitorEventLoopDelay({ resolution: 5 });
    delays.enable();
    const startMs = performance.now();
    await compact({
      folder,
      files: await listJournal(folder),
      database: header.database,
      now: new Date(),
      keptSince: new Date(),
    });
    delays.disable();
    // In proportion, for a busy machine takes longer over everything; without turns it is two fifths.
    expect(delays.max / 1e6).toBeLessThan((performance.now() - startMs) / 8);
    const [merged = ''] = await listJournal(folder);
    expect((await readJournal(merged, () => undefined)).header?.forgotten).toBe(200_000);
    await rm(folder, { recursive: true });
  });

  it('begins another file when one is full, and goes on in the full one when it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-full-file-'));
    const header = { database: 'd', instance: 'i', startedAt: '2026-01-01T00:00:00.000Z', revision: 0, forgotten: 0 };
    let rotations = 0;
    let canBegin = true;
    const createHeader = async (): Promise<typeof header> =>
      canBegin ? header : Promise.reject(new Error('The database does not answer.'));
    const writer = new JournalWriter(folder, createHeader, () => (rotations += 1));
    const write = async (): Promise<number> => {
      writer.add(`${'x'.repeat(9 * 1024 * 1024)}\n`);
      await writer.flush();
      return (await listJournal(folder)).length;
    };
    expect([await write(), rotations]).toEqual([2, 1]);
    canBegin = false;
    expect([await write(), rotations, writer.problem]).toEqual([2, 1, null]);
    canBegin = true;
    expect([await write(), rotations, writer.problem]).toEqual([3, 2, null]);
    await writer.close();
    await rm(folder, { recursive: true });
  });

  it('goes on in another file when another process has taken its file away', async () => {
    const { id } = await server.newFullKey(user, application);
    const other = await server.another();
    const { database } = (await readJournal((await files())[0] ?? '', () => undefined)).header ?? { database: '' };
    const folder = server.journalFolder;
    await compact({ folder, files: await files(), database, now: new Date(), keptSince: null });
    expect(await files()).toHaveLength(1);
    expect(await call('DELETE', keyPath(id))).toMatchObject([{ id, revokes: 'everything' }]);
    await other.close();
  });

  it('loses nothing when processes merge its files at the same time', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { id } = await server.newFullKey(user, application);
      await call('DELETE', keyPath(id));
      ids.push(id);
    }
    const { database } = (await readJournal((await files())[0] ?? '', () => undefined)).header ?? { database: '' };
    const folder = server.journalFolder;
    const merge = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1)
        await compact({ folder, files: await listJournal(folder), database, now: new Date(), keptSince: null });
    };
    const late: string[] = [];
    const revoke = async (): Promise<void> => {
      for (let count = 0; count < 10; count += 1) {
        const { id } = await server.newFullKey(user, application);
        const { status } = await server.call('DELETE', keyPath(id), { token: user.token });
        expect(status).toBe(204);
        late.push(id);
      }
    };
    await Promise.all([merge(), merge(), merge(), revoke()]);
    const found = (await entries()).map(({ id }) => id);
    expect(found).toEqual(expect.arrayContaining([...ids, ...late]));
  });

  it('does not let a server start on a database that is older than it', async () => {
    await server.close();
    const [path = ''] = await files();
    const text = await readFile(path, 'utf8');
    await appendFile(path, formatLine(1_000_000, '2026-11-27T00:00:00.000Z', []));
    const change = { kind: 'key', id: 'some key', revokes: 'everything' } as const;
    await appendFile(path, formatLine(1_000_000, '2026-11-27T00:00:00.000Z', [change]));
    await expect(server.open()).rejects.toThrow(/^The database is older than its revocation journal/);
    await writeFile(path, text);
    await server.open();
  });

  it('refuses to revoke while it cannot be written, and heals by itself', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const aside = `${server.journalFolder}-aside`;
    await rename(server.journalFolder, aside);
    await writeFile(server.journalFolder, 'A file where the folder was.');
    const refused = await server.call('PATCH', keyPath(id), { token: user.token, json: { isEnabled: false } });
    expect([refused.status, refused.headers['x-error-code']]).toEqual([503, 'unavailable']);
    // The change is made, and a repetition finds nothing to do; it is not answered before the first one's line is written.
    const change = { token: user.token, json: { isEnabled: false } };
    expect((await server.call('PATCH', keyPath(id), change)).status).toBe(503);
    expect((await server.call('DELETE', keyPath(randomUUID()), { token: user.token })).status).toBe(503);
    expect((await server.call('GET', keyPath(id), { token: user.token })).body.status).toBe('disabled');
    const ready = await server.call('GET', '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body.details.revocation_journal).toMatchObject({ status: 'down', message: /cannot be written/ });
    expect((await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status).not.toBe(
      200,
    );

    await rm(server.journalFolder);
    await rename(aside, server.journalFolder);
    while ((await server.call('GET', '/health/ready')).status !== 200) await sleep(50);
    expect(await entries()).toContainEqual(expect.objectContaining({ id, revokes: 'permissions' }));
  });

  (process.getuid?.() === 0 ? it : it.skip)('loses no line on a full disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    const instance = await server.another({ REVOCATION_JOURNAL: folder });
    try {
      await writeFile(join(folder, 'filling'), Buffer.alloc(64 * 1024)).catch(() => undefined);
      const statuses = new Set<number>();
      const ids: string[] = [];
      const header = { database: 'd', instance: 'i', startedAt: 'now', revision: 0, forgotten: 0 };
      const before = await readdir(folder);
      await expect(JournalFile.create(folder, { ...header, instance: 'i'.repeat(64 * 1024) })).rejects.toThrow(
        /ENOSPC/,
      );
      expect(await readdir(folder)).toEqual(before);
      for (let count = 0; count < 60; count += 1) {
        const { id } = await server.newFullKey(user, application);
        const { status } = await instance.call('DELETE', keyPath(id), { token: user.token });
        statuses.add(status);
        ids.push(id);
        if (status === 503) break;
      }
      expect([...statuses]).toEqual([204, 503]);
      expect((await instance.call('GET', '/health/ready')).status).toBe(503);
      await rm(join(folder, 'filling'));
      while ((await instance.call('GET', '/health/ready')).status !== 200) await sleep(50);
      const found: string[] = [];
      for (const name of await readdir(folder))
        expect(await readJournal(join(folder, name), ({ id }) => found.push(id))).toMatchObject({ isTorn: false });
      expect(found.filter((id) => ids.includes(id))).toEqual(ids);
    } finally {
      await instance.close();
      execFileSync('umount', ['-l', folder]);
    }
  });

  it('must be writable when a server starts', async () => {
    const file = join(server.journalFolder, 'a file');
    await writeFile(file, '');
    await expect(server.another({ REVOCATION_JOURNAL: join(file, 'folder') })).rejects.toThrow(
      /^Keywright cannot write the revocation journal to .*: ENOTDIR/,
    );
  });
});
