import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { ConsoleSessionController } from './session.controller.js';

/** The sessions of the console, which calls the same operations as everybody else. */
@Module({ imports: [AccountsModule, AuthModule, DeniedRequestsModule], controllers: [ConsoleSessionController] })
export class ConsoleModule {}
