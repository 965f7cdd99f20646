import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What instances have borrowed of quotas, and their shares of rate limits. */
export class LimitLoans1763770000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('quota_use', new TableColumn({ name: 'exchanges', type: 'bigint', default: 0 }));
    await runner.createTable(
      new Table({
        name: 'quota_loan',
        columns: [
          { name: 'key_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'period_start', type: 'datetime', precision: 3, isPrimary: true },
          { name: 'instance', type: 'varchar', length: '36', isPrimary: true },
          { name: 'granted', type: 'bigint' },
          { name: 'reported', type: 'bigint' },
        ],
      }),
    );
    const wholeNumber = runner.dataSource.driver.normalizeType({ type: Number });
    await runner.createTable(
      new Table({
        name: 'rate_share',
        columns: [
          { name: 'key_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'instance', type: 'varchar', length: '36', isPrimary: true },
          { name: 'share', type: 'bigint' },
          { name: 'of_limit', type: 'bigint' },
          { name: 'window_ms', type: 'bigint' },
          { name: 'is_short', type: wholeNumber },
          { name: 'free_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('rate_share');
    await runner.dropTable('quota_loan');
    await runner.dropColumn('quota_use', 'exchanges');
  }
}
