import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What is written on a Galera cluster where elsewhere a row is only locked. */
export class RowLatches1763760000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const type = runner.dataSource.driver.normalizeType({ type: Number });
    await runner.createTable(
      new Table({
        name: 'row_latch',
        columns: [
          { name: 'id', type, isPrimary: true },
          { name: 'uses', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('row_latch');
  }
}
