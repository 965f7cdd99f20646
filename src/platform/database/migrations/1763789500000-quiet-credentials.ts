import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** After how long without use a replaced credential ends before its time. */
export class QuietCredentials1763789500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'api_key',
      new TableColumn({ name: 'previous_quiet_seconds', type: 'integer', isNullable: true }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('api_key', 'previous_quiet_seconds');
  }
}
