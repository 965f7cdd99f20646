import { Controller, Get } from '@nestjs/common';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { Answers } from '../../../platform/http/route-facts.js';
import { Instances } from '../../barrier/instances.js';
import { RevocationBarrier } from '../../barrier/revocation-barrier.js';
import { InstancesView } from './instances.dto.js';
import { presentInstances } from './instances.presenter.js';

@Controller('api/v1/instances')
export class InstancesController {
  constructor(
    private readonly instances: Instances,
    private readonly barrier: RevocationBarrier,
  ) {}

  /**
   * List the instances of the server
   *
   * All processes that share the database, as each has written about itself: its version, its lease, and whether it has applied all changes of keys. An
   * instance that was killed is listed until its row is cleaned up. The waits of revocations are those of the instance that sends the response,
   * since its start.
   */
  @Get()
  @Answers('The instances, and how long revocations waited for them.')
  @Requires(LEVELS.readOthers)
  async listInstances(): Promise<InstancesView> {
    return presentInstances(await this.instances.list(), this.barrier);
  }
}
