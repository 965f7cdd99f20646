import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the former system called an imported key. */
export class ExternalId1763748500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const column = { name: 'external_id', type: 'varchar', length: '100', isNullable: true };
    await runner.addColumn('api_key', new TableColumn(column));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_key', 'external_id');
  }
}
