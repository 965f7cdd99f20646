// The server, with what it does by a fast path of its own as a route of Nest as well, and with a transaction or a read for each request where a
// message asks for those. Answers with the CPU that the process has taken.
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  BatchedReads,
  createApp,
  loadConfig,
  Public,
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
for (const decorate of [Public({ limit: 'none' }), Get('check')])
  decorate(...check, Object.getOwnPropertyDescriptor(CheckController.prototype, 'check'));
Controller('api/v1/nest')(CheckController);
const controllers = Reflect.getMetadata('controllers', VerificationHttpModule);
Reflect.defineMetadata('controllers', [...controllers, CheckController], VerificationHttpModule);

const { runBatched } = Transactions.prototype;
async function runAlone(_kind, order, work) {
  const [result] = await this.run((tx) => work(tx, [order]));
  return result;
}

const { find } = BatchedReads.prototype;
async function findAlone(statement, _name, id) {
  const [row] = await this.source.query(`${statement} = ?`, [id]);
  return row ?? null;
}

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
process.on('message', (way) => {
  Transactions.prototype.runBatched = way === 'transactions alone' ? runAlone : runBatched;
  BatchedReads.prototype.find = way === 'reads alone' ? findAlone : find;
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system });
});
process.send('ready');
