import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The scopes that a merchant was given. Merchants from before have every scope. */
export class MerchantScopes1763781000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('merchant', new TableColumn({ name: 'scopes', type: 'text', isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('merchant', 'scopes');
  }
}
