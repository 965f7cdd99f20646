import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { describeDurabilityRisks, readServerSettings } from './server-settings.js';

/** Logs at the start, in one line, which settings of a MySQL or MariaDB server can lose acknowledged changes. */
@Injectable()
export class DurabilityWarning implements OnApplicationBootstrap {
  private readonly logger = new Logger('Database');

  constructor(@InjectDataSource() private readonly source: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.source.options.type === 'better-sqlite3') return;
    const risks = describeDurabilityRisks(await readServerSettings(this.source.manager));
    if (risks !== null) this.logger.warn(risks);
  }
}
