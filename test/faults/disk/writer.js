// Writes rows into a database with the `synchronous` that is named, or files, and a dot for each that it believes to be on the disk.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

const [how] = process.argv.slice(2);
const acknowledge = () => writeSync(1, '.');

function sync(path, flags, text) {
  const descriptor = openSync(path, flags);
  if (text) writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
}

if (how === 'nameless') {
  sync('named', 'w', 'text');
  sync('.', 'r');
  sync('nameless', 'w', 'text');
  for (;;) acknowledge();
}

const database = new Sqlite('rows.sqlite');
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${how}`);
database.exec('CREATE TABLE row (id INTEGER PRIMARY KEY)');
const insert = database.prepare('INSERT INTO row DEFAULT VALUES');
for (;;) {
  insert.run();
  acknowledge();
}
