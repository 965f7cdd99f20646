import { Module } from '@nestjs/common';
import { DeniedRequests } from './denied-requests.js';

/**
 * The denied-request log. It is not part of the global platform module, which Nest ends last, after the connections to the database: what is
 * still buffered could not be written then.
 */
@Module({ providers: [DeniedRequests], exports: [DeniedRequests] })
export class DeniedRequestsModule {}
