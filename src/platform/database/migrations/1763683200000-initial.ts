import {
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
  type TableIndexOptions,
} from 'typeorm';

type Column = TableColumnOptions;

/** All tables, written so that every engine gets the same ones. */
export class Initial1763683200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    // Ids and credentials must compare byte by byte, spaces at the end included, which isn't what MySQL and MariaDB do by default.
    if (driver.options.type !== 'better-sqlite3') {
      await runner.query(`ALTER DATABASE CHARACTER SET utf8mb4 COLLATE ${await exactCollation(runner)}`);
    }

    const text = (name: string, length: number): Column => ({ name, type: 'varchar', length: String(length) });
    const int = (name: string): Column => ({ name, type: driver.normalizeType({ type: Number }) });
    const json = (name: string): Column => ({ name, type: 'text' });
    const flag = (name: string): Column => ({ name, type: driver.normalizeType({ type: Boolean }) });
    const time = (name: string): Column => ({ name, type: 'datetime', precision: 3 });
    const optional = (column: Column): Column => ({ ...column, isNullable: true });
    const id: Column = { ...text('id', 36), isPrimary: true };
    const created = time('created_at');
    const updated = time('updated_at');
    const index = (name: string, ...columnNames: string[]): TableIndexOptions => ({ name, columnNames });
    const unique = (name: string, ...columnNames: string[]): TableIndexOptions => ({
      ...index(name, ...columnNames),
      isUnique: true,
    });

    const create = (name: string, columns: Column[], indices: TableIndexOptions[] = []): Promise<void> =>
      runner.createTable(new Table({ name, columns, indices }));

    await create(
      'merchant',
      [id, text('client_id', 8), text('name', 200), text('status', 10), json('details'), created, updated],
      [unique('merchant_client_id', 'client_id')],
    );
    await create(
      'account',
      [
        { ...int('id'), isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
        text('uuid', 36),
        text('merchant_id', 36),
        text('username', 254),
        optional(text('username_key', 320)),
        text('email', 254),
        optional(text('email_key', 320)),
        optional(text('password_hash', 200)),
        text('role', 20),
        int('status'),
        int('consent'),
        text('language', 2),
        optional(text('first_name', 100)),
        optional(text('last_name', 100)),
        created,
        updated,
        optional(time('last_login_at')),
        optional(time('deleted_at')),
      ],
      [
        index('account_merchant', 'merchant_id'),
        unique('account_uuid', 'uuid'),
        unique('account_username', 'username_key'),
        unique('account_email', 'email_key'),
      ],
    );
    await create(
      'one_time_link',
      [
        id,
        text('token_hash', 64),
        text('purpose', 20),
        optional(int('account_id')),
        optional(text('email', 254)),
        created,
        time('expires_at'),
        optional(time('used_at')),
      ],
      [unique('one_time_link_token', 'token_hash')],
    );
    await create('service', [id, text('merchant_id', 36), int('account_id'), created, time('expires_at')]);
    await create(
      'application',
      [
        id,
        text('merchant_id', 36),
        text('name', 100),
        optional(text('description', 250)),
        flag('is_enabled'),
        text('environment', 4),
        created,
        updated,
      ],
      [unique('application_name', 'merchant_id', 'name')],
    );
    await create(
      'api_key',
      [
        id,
        text('public_id', 36),
        text('surface', 10),
        text('merchant_id', 36),
        int('account_id'),
        optional(text('application_id', 36)),
        optional(text('service_id', 36)),
        text('environment', 4),
        text('name', 100),
        int('level'),
        optional(json('scopes')),
        optional(text('secret_hash', 64)),
        optional(text('pepper_id', 8)),
        optional(text('encrypted_secret', 255)),
        flag('is_active'),
        created,
        updated,
        optional(time('expires_at')),
        optional(time('last_used_at')),
        optional(time('deleted_at')),
      ],
      [
        index('api_key_merchant', 'merchant_id', 'surface', 'created_at'),
        index('api_key_account', 'account_id', 'surface'),
        index('api_key_application', 'application_id'),
        unique('api_key_public_id', 'public_id'),
      ],
    );
    await create(
      'audit_event',
      [
        id,
        text('merchant_id', 36),
        text('action', 40),
        text('actor_kind', 10),
        optional(int('actor_account_id')),
        optional(text('actor_key_id', 36)),
        text('target_type', 20),
        text('target_id', 36),
        json('details'),
        optional(text('address', 45)),
        optional(text('user_agent', 200)),
        optional(text('request_id', 36)),
        created,
      ],
      [index('audit_event_merchant', 'merchant_id', 'created_at'), index('audit_event_time', 'created_at')],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_event', 'api_key', 'application', 'service', 'one_time_link', 'account', 'merchant']) {
      await runner.dropTable(table);
    }
  }
}

/** What the engine calls a comparison byte by byte: the first is MariaDB's name, the second MySQL's. */
async function exactCollation(runner: QueryRunner): Promise<string> {
  const [collation] = await runner.manager.query<{ name: string }[]>(
    `SELECT collation_name AS name FROM information_schema.collations
      WHERE collation_name IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')`,
  );
  if (!collation) throw new Error('Keywright needs MariaDB 10.2 or MySQL 8.0.17, or a later one.');
  return collation.name;
}
