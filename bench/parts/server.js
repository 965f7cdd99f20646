// The server, with the plain ways of doing what its parts do: the one that a message names is used until the next message. Answers with the CPU
// that the process has taken.
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  createApp,
  loadConfig,
  Public,
  SingleFlightReads,
  Transactions,
  VerificationHttpModule,
  VerificationRoutes,
} from './build.js';

/** `GET /api/v1/keys/check` as a route of Nest's. */
class CheckController {
  constructor(routes) {
    this.routes = routes;
  }

  check(request, reply) {
    return this.routes.check(request, reply);
  }
}
const check = [CheckController.prototype, 'check'];
Inject(VerificationRoutes)(CheckController, undefined, 0);
Req()(...check, 0);
Res()(...check, 1);
for (const decorate of [Public(), Get('check')])
  decorate(...check, Object.getOwnPropertyDescriptor(CheckController.prototype, 'check'));
Controller('api/v1/nest')(CheckController);
const controllers = Reflect.getMetadata('controllers', VerificationHttpModule);
Reflect.defineMetadata('controllers', [...controllers, CheckController], VerificationHttpModule);

const PLAIN = {
  transactions: [
    Transactions.prototype,
    'runBatched',
    async function (_kind, order, work) {
      const [result] = await this.run((tx) => work(tx, [order]));
      return result;
    },
  ],
  reads: [SingleFlightReads.prototype, 'once', (_what, read) => read()],
};
const owned = Object.values(PLAIN).map(([prototype, method]) => [prototype, method, prototype[method]]);

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
process.on('message', (plain) => {
  for (const [prototype, method, own] of owned) prototype[method] = own;
  if (plain !== 'own') {
    const [prototype, method, way] = PLAIN[plain];
    prototype[method] = way;
  }
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system });
});
process.send('ready');
