/** Guarantee: webhooks cannot be used to reach internal hosts, by any notation, name, redirect or proxy. */

import { createServer as createTcpServer, type Server } from 'node:net';
import { NameServer } from '../support/name-server.js';
import { Receiver } from '../support/receiver.js';
import { PRODUCTION } from '../support/production.js';
import { TestServer, type User } from '../support/server.js';

/** Destinations that no webhook may reach. */
const FORBIDDEN = {
  'this host': '0.0.0.0',
  loopback: '127.0.0.1',
  'all of loopback': '127.255.255.254',
  'a private network of class A': '10.255.0.1',
  'a private network of class B': '172.31.255.254',
  'a private network of class C': '192.168.0.1',
  'a carrier’s NAT': '100.64.0.1',
  'the metadata of Alibaba': '100.100.100.200',
  'link-local': '169.254.0.1',
  'the metadata of AWS, Google and Azure': '169.254.169.254',
  'the host of Azure': '168.63.129.16',
  'the metadata of Oracle': '192.0.0.192',
  'a network for documentation': '192.0.2.1',
  'a relay of 6to4': '192.88.99.1',
  'a network for benchmarks': '198.18.0.1',
  multicast: '224.0.0.1',
  'the future': '240.0.0.1',
  everybody: '255.255.255.255',
  'this host in IPv6': '::',
  'loopback in IPv6': '::1',
  'link-local in IPv6': 'fe80::1',
  'site-local in IPv6': 'fec0::1',
  'a unique local address': 'fc00::1',
  'the metadata of AWS in IPv6': 'fd00:ec2::254',
  'multicast in IPv6': 'ff02::1',
  'a mapped address': '::ffff:127.0.0.1',
  'a mapped public address': '::ffff:8.8.8.8',
  'a compatible address': '::7f00:1',
  'a translated address': '::ffff:0:7f00:1',
  NAT64: '64:ff9b::7f00:1',
  'a local NAT64': '64:ff9b:1::7f00:1',
  '6to4': '2002:7f00:1::',
  Teredo: '2001:0:7f00:1::',
  'documentation in IPv6': '2001:db8::1',
  'discarded in IPv6': '100::1',
  'segment routing': '5f00::1',
};

const PUBLIC = ['8.8.8.8', '2606:4700:4700::1111'];

describe('destinations of webhooks', () => {
  let names: NameServer;
  let receiver: Receiver;
  let trap: Server;
  let trapped = 0;
  let trapPort: number;
  beforeAll(async () => {
    names = await NameServer.start();
    receiver = await Receiver.start();
    trap = createTcpServer((socket) => {
      trapped += 1;
      socket.destroy();
    });
    // What isn't allowed is really there: that it isn't reached is not for want of a listener.
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.2', resolve));
    trapPort = (trap.address() as { port: number }).port;
  });
  afterAll(async () => {
    await names.stop();
    await receiver.stop();
    await new Promise((resolve) => trap.close(resolve));
  });
  beforeEach(() => {
    names.addressesOf = () => [];
    names.asked.length = 0;
  });

  describe('by default', () => {
    let server: TestServer;
    let owner: User;
    beforeAll(async () => {
      server = await TestServer.start({ WEBHOOK_ALLOWED_NETWORKS: '', WEBHOOK_DNS_SERVERS: names.address });
      owner = await server.newMerchant();
    });
    afterAll(() => server.stop());
    const create = async (url: string) =>
      (await server.call('POST', '/api/v1/webhooks', { token: owner.token, json: { url, events: ['*'] } })).status;

    it.each(Object.entries(FORBIDDEN))('exclude %s (%s)', async (_, address) => {
      names.addressesOf = () => [address];
      const literal = address.includes(':') ? `[${address}]` : address;
      expect(await create('https://hooks.shop.example/')).toBe(400);
      expect(await create(`https://${literal}/`)).toBe(400);
      expect(names.asked).toContain('hooks.shop.example');
    });

    it.each(['http://0x7f.1/', 'http://2130706433/', 'http://017700000001/', 'http://127.1/', 'http://127.0.0.1./'])(
      'exclude loopback as %s',
      async (url) => {
        expect(await create(url)).toBe(400);
      },
    );

    it('include a public address, and a name of one or several', async () => {
      names.addressesOf = () => PUBLIC;
      expect(await create('https://hooks.shop.example/')).toBe(201);
      expect(await create('https://[2606:4700:4700::1111]/')).toBe(201);
    });

    it('exclude a name with one address that is not public', async () => {
      names.addressesOf = () => [...PUBLIC, '127.0.0.1'];
      expect(await create('https://hooks.shop.example/')).toBe(400);
    });

    it('exclude a name without an address', async () => {
      expect(await create('https://hooks.shop.example/')).toBe(400);
    });
  });

  describe('with an allowed network', () => {
    let server: TestServer;
    let owner: User;
    beforeAll(async () => {
      server = await TestServer.start({
        WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
        WEBHOOK_DNS_SERVERS: names.address,
        WEBHOOK_TIMEOUT_MS: '2000',
      });
      owner = await server.newMerchant();
    });
    afterAll(() => server.stop());
    const call = (method: string, path: string, json?: unknown) =>
      server.call(method, `/api/v1/webhooks${path}`, { token: owner.token, json });

    /** An endpoint whose name was good when it was made. */
    async function newEndpoint(port: number | string): Promise<string> {
      names.addressesOf = () => ['127.0.0.1'];
      const { status, body } = await call('POST', '', { url: `http://hooks.shop.example:${port}/`, events: ['*'] });
      expect(status).toBe(201);
      return body.id;
    }

    it('include a name that resolves there', async () => {
      const id = await newEndpoint(new URL(receiver.url).port);
      expect((await call('POST', `/${id}/test`)).body).toMatchObject({ status: 'delivered', lastStatusCode: 204 });
      expect(receiver.events.at(-1)?.headers.host).toBe(`hooks.shop.example:${new URL(receiver.url).port}`);
    });

    it('exclude what a name resolves to later', async () => {
      const id = await newEndpoint(trapPort);
      names.addressesOf = () => ['127.0.0.2'];
      expect((await call('POST', `/${id}/test`)).body).toMatchObject({
        status: 'failed',
        lastStatusCode: null,
        lastError: 'The URL leads to an address that is not public',
      });
    });

    it('exclude what a name resolves to at a second look-up, whenever that may be', async () => {
      const id = await newEndpoint(trapPort);
      for (let good = 0; good <= 6; good += 1) {
        let questions = 0;
        names.addressesOf = () => ((questions += 1) <= good ? ['127.0.0.1'] : ['127.0.0.2']);
        expect((await call('POST', `/${id}/test`)).body).toMatchObject({ status: 'failed', lastStatusCode: null });
      }
      names.addressesOf = () => ['127.0.0.1', '127.0.0.2'];
      expect((await call('POST', `/${id}/test`)).body.lastError).toContain('not public');
    });

    it('exclude where a receiver redirects to', async () => {
      const id = await newEndpoint(new URL(receiver.url).port);
      for (const status of [301, 302, 303, 307, 308]) {
        receiver.answer = (response) =>
          void response.writeHead(status, { location: `http://127.0.0.2:${trapPort}/` }).end();
        expect((await call('POST', `/${id}/test`)).body).toMatchObject({ status: 'failed', lastStatusCode: status });
      }
      receiver.answer = (response) => void response.writeHead(204).end();
    });

    it('exclude a proxy from the environment', async () => {
      const id = await newEndpoint(new URL(receiver.url).port);
      Object.assign(process.env, {
        HTTP_PROXY: `http://127.0.0.2:${trapPort}`,
        http_proxy: `http://127.0.0.2:${trapPort}`,
      });
      try {
        expect((await call('POST', `/${id}/test`)).body.status).toBe('delivered');
      } finally {
        delete process.env.HTTP_PROXY;
        delete process.env.http_proxy;
      }
    });

    it('never included the trap', () => {
      expect(trapped).toBe(0);
    });
  });

  describe('in production', () => {
    it('require https', async () => {
      const server = await TestServer.start({ ...PRODUCTION, WEBHOOK_DNS_SERVERS: names.address });
      names.addressesOf = () => PUBLIC;
      const statusFor = async (url: string) =>
        (await server.call('POST', '/api/v1/webhooks', { token: server.admin.token, json: { url, events: ['*'] } }))
          .status;
      expect(await statusFor('http://hooks.shop.example/')).toBe(400);
      expect(await statusFor('https://hooks.shop.example/')).toBe(201);
      await server.stop();
    });
  });
});
