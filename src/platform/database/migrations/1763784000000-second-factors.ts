import { Table, TableColumn, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const time = (name: string, isNullable = false): TableColumnOptions => ({
  name,
  type: 'datetime',
  precision: 3,
  isNullable,
});

/** Second factors: authenticator apps, passkeys, recovery codes, and logins that wait for one of them. */
export class SecondFactors1763784000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const number = (name: string): TableColumnOptions => ({
      name,
      type: runner.dataSource.driver.normalizeType({ type: Number }),
    });
    const create = (name: string, idLength: number, columns: TableColumnOptions[], others: string[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: [{ ...text('id', idLength), isPrimary: true }, number('account_id'), ...columns],
          indices: [
            { name: `${name}_account`, columnNames: ['account_id'] },
            ...others.map((column) => ({ name: `${name}_expiry`, columnNames: [column] })),
          ],
        }),
      );
    await create('totp_factor', 36, [
      text('encrypted_secret', 200),
      number('last_step'),
      time('created_at'),
      time('confirmed_at', true),
    ]);
    await create('passkey', 64, [
      text('name', 100),
      text('credential_id', 1400),
      { name: 'public_key', type: 'text' },
      { name: 'signature_count', type: 'bigint' },
      { name: 'transports', type: 'text' },
      time('created_at'),
      time('last_used_at', true),
    ]);
    await create('recovery_code', 36, [text('code_hash', 64), time('used_at', true)]);
    await create(
      'factor_challenge',
      64,
      [text('purpose', 20), text('password_digest', 64), number('failures'), time('created_at'), time('expires_at')],
      ['expires_at'],
    );
    await runner.addColumn('account', new TableColumn(time('second_factor_at', true)));
    await runner.addColumn('merchant', new TableColumn(time('second_factor_demanded_at', true)));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('merchant', 'second_factor_demanded_at');
    await runner.dropColumn('account', 'second_factor_at');
    for (const name of ['factor_challenge', 'recovery_code', 'passkey', 'totp_factor']) await runner.dropTable(name);
  }
}
