import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { ConsoleSessionController } from './session.controller.js';

/** The sessions of the console, which calls the same operations as everybody else. */
@Module({ imports: [AuthModule, DeniedRequestsModule], controllers: [ConsoleSessionController] })
export class ConsoleModule {}
