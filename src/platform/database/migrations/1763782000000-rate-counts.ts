import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What strangers have used of their limits, counted by all instances together. */
export class RateCounts1763782000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'rate_count',
        columns: [
          { name: 'id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'points', type: runner.dataSource.driver.normalizeType({ type: Number }) },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [{ name: 'rate_count_expiry', columnNames: ['expires_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('rate_count');
  }
}
