import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { KnownKeys } from './known-key.js';
import { Sessions } from './sessions.js';
import { VerificationController } from './verification.controller.js';
import { VerificationService } from './verification.service.js';

/** Is this key good, and for what? */
@Module({
  imports: [ApiKeysModule],
  controllers: [VerificationController],
  providers: [KnownKeys, Sessions, VerificationService],
  exports: [VerificationService],
})
export class VerificationModule {}
