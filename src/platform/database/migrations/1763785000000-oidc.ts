import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sign-ins with an OpenID provider: who has which account, and which sign-ins have been completed. */
export class Oidc1763785000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    const text = (name: string, length: string) => ({ name, type: 'varchar', length });
    const time = (name: string) => ({ name, type: 'datetime', precision: 3 });
    await runner.createTable(
      new Table({
        name: 'oidc_identity',
        columns: [
          { ...text('id', '64'), isPrimary: true },
          text('issuer', '255'),
          text('subject', '255'),
          { name: 'account_id', type: driver.normalizeType({ type: Number }) },
          time('created_at'),
        ],
        indices: [{ name: 'oidc_identity_account', columnNames: ['account_id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'oidc_completed_sign_in',
        columns: [{ ...text('id', '64'), isPrimary: true }, time('expires_at')],
        indices: [{ name: 'oidc_completed_sign_in_expiry', columnNames: ['expires_at'] }],
      }),
    );
    const type = driver.normalizeType({ type: Boolean });
    await runner.addColumn('account', new TableColumn({ name: 'is_external', type, default: '0' }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('account', 'is_external');
    await runner.dropTable('oidc_completed_sign_in');
    await runner.dropTable('oidc_identity');
  }
}
