import { Module } from '@nestjs/common';
import { DeniedRequests } from './denied-requests.js';

/**
 * What was refused. Not part of the domain's own module, though it needs nothing else: that one ends last, after the database's connections,
 * and what is still to be written then would come too late.
 */
@Module({ providers: [DeniedRequests], exports: [DeniedRequests] })
export class DeniedRequestsModule {}
