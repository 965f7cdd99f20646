import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who answers for a key since its maker left. */
export class Offboarding1763747000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const type = runner.dataSource.driver.normalizeType({ type: Number });
    await runner.addColumn('api_key', new TableColumn({ name: 'responsible_account_id', type, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_key', 'responsible_account_id');
  }
}
