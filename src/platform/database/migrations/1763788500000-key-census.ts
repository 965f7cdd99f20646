import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The numbers of keys that merchants with many keys are shown. */
export class KeyCensus1763788500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'key_census',
        columns: [
          { name: 'merchant_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'part', type: 'varchar', length: '8', isPrimary: true },
          { name: 'counts', type: 'text' },
          { name: 'as_of', type: 'datetime', precision: 3 },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('key_census');
  }
}
