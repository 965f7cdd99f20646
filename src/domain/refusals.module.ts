import { Module } from '@nestjs/common';
import { Refusals } from './refusals.js';

/**
 * What was refused. Not part of {@link DomainModule}, though it needs nothing else: global modules end last, with the database's connections
 * among them, and what is still to be written would come too late.
 */
@Module({ providers: [Refusals], exports: [Refusals] })
export class RefusalsModule {}
