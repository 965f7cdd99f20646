import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { ExposureInbox } from './exposure-inbox.js';
import { ExposureLanes } from './exposure-lanes.js';
import { ExposureReport } from './exposure-report.entity.js';
import { ExposuresController } from './exposures.controller.js';
import { Exposures } from './exposures.js';
import { GithubKeys } from './github/github-keys.js';
import { GithubReports } from './github/github-reports.js';
import { ExposurePolicies } from './policy/exposure-policies.js';
import { ExposurePolicyController } from './policy/exposure-policy.controller.js';
import { ExposurePolicy } from './policy/exposure-policy.entity.js';
import { ExposureDetector } from './exposure-detector.js';

/** Keys that were exposed where others can read them: reports, detection, and the reaction to both. */
@Module({
  imports: [ApiKeysModule, VerificationModule, TypeOrmModule.forFeature([ExposurePolicy, ExposureReport])],
  controllers: [ExposuresController, ExposurePolicyController],
  providers: [ExposureInbox, ExposureLanes, ExposurePolicies, Exposures, GithubKeys, GithubReports, ExposureDetector],
  exports: [ExposureDetector],
})
export class ExposuresModule {}
