import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What else a repeated request is answered by: the version that was answered, and what its caller could do. */
export class Replays1763748600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const type = runner.dataSource.driver.normalizeType({ type: Number });
    await runner.addColumns('idempotency_record', [
      new TableColumn({ name: 'etag', type: 'varchar', length: '40', isNullable: true }),
      new TableColumn({ name: 'level', type, default: '0' }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('idempotency_record', ['etag', 'level']);
  }
}
