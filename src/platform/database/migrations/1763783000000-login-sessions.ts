import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Logins are sessions that can be ended, and an e-mail address belongs to an account once a link that was mailed to it has been followed. */
export class LoginSessions1763783000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const time = (name: string, isNullable = false) =>
      new TableColumn({ name, type: 'datetime', precision: 3, isNullable });
    const text = (name: string, length: string) => new TableColumn({ name, type: 'varchar', length, isNullable: true });
    await runner.createTable(
      new Table({
        name: 'login_session',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'account_id', type: runner.dataSource.driver.normalizeType({ type: Number }) },
          text('address', '45'),
          text('user_agent', '200'),
          time('created_at'),
          time('last_seen_at'),
          time('expires_at'),
          time('ended_at', true),
        ],
        indices: [
          { name: 'login_session_account', columnNames: ['account_id'] },
          { name: 'login_session_expiry', columnNames: ['expires_at'] },
        ],
      }),
    );
    await runner.addColumn('account', time('email_verified_at', true));
    await runner.addColumns('one_time_link', [text('mailed_token_hash', '64'), text('language', '2')]);
    for (const index of INDICES) await runner.createIndex('one_time_link', new TableIndex(index));
    // Who is active uses the address, and nobody else can have it; who is only invited has not seen it yet.
    await runner.query('UPDATE account SET email_verified_at = created_at WHERE status <> 0 AND email_key IS NOT NULL');
    await runner.query('UPDATE account SET username_key = NULL WHERE status = 0 AND username_key = email_key');
    await runner.query('UPDATE account SET email_key = NULL WHERE status = 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name = '' } of INDICES) await runner.dropIndex('one_time_link', name);
    await runner.dropColumns('one_time_link', ['mailed_token_hash', 'language']);
    await runner.dropColumn('account', 'email_verified_at');
    await runner.dropTable('login_session');
  }
}

const INDICES = [
  { name: 'one_time_link_mailed_token', columnNames: ['mailed_token_hash'], isUnique: true },
  { name: 'one_time_link_account', columnNames: ['account_id'] },
  { name: 'one_time_link_email', columnNames: ['email'] },
];
