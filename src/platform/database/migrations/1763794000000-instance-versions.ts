import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which version each instance runs. */
export class InstanceVersions1763794000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const version = new TableColumn({ name: 'version', type: 'varchar', length: '50', isNullable: true });
    await runner.addColumn('instance', version);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('instance', 'version');
  }
}
