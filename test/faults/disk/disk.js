import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provide } from '../../support/packages.js';

const SOURCE = fileURLToPath(new URL('disk.c', import.meta.url));

/** Built once per test run; `null` where there is no compiler, or another system than Linux. */
let library;

function build() {
  if (process.platform !== 'linux') return null;
  const compiler = provide('A C compiler', 'gcc libc6-dev', 'cc', 'gcc');
  if (!compiler) return null;
  const folder = mkdtempSync(join(tmpdir(), 'keywright-disk-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const built = join(folder, 'disk.so');
  execFileSync(compiler, ['-O1', '-shared', '-fPIC', '-o', built, SOURCE, '-ldl', '-lpthread'], { stdio: 'inherit' });
  return built;
}

/** A folder as a disk holds it: what was written and not synced is lost with the power. What it watches is in disk.c. */
export class Disk {
  #root = realpathSync(mkdtempSync(join(tmpdir(), 'keywright-disk-')));

  /** Whether this machine can run a program on such a disk. */
  static get isAvailable() {
    library ??= build() ?? false;
    return library !== false;
  }

  /** @param kept a folder whose content the disk holds from the beginning */
  constructor(kept) {
    for (const path of [this.folder, this.synced]) {
      mkdirSync(path, { recursive: true });
      if (kept) cpSync(kept, path, { recursive: true });
    }
    disks.add(this);
  }

  /** Where the program runs. */
  get folder() {
    return join(this.#root, 'folder');
  }

  /** What of it has been synced. */
  get synced() {
    return join(this.#root, 'shadow', 'tree');
  }

  get #failure() {
    return join(this.#root, 'failure');
  }

  /** With which variables a program is on this disk. */
  get environment() {
    return {
      LD_PRELOAD: library,
      DISK_FOLDER: this.folder,
      DISK_SHADOW: join(this.#root, 'shadow'),
      DISK_FAILURE: this.#failure,
    };
  }

  /** Has operations fail from now on: `write EIO`, `write ENOSPC`, `sync EIO`, or `sync LIE`, which seems to work. */
  fail(how) {
    writeFileSync(this.#failure, how);
  }

  mend() {
    rmSync(this.#failure, { force: true });
  }

  /** What the power comes back to. The program must have been killed. */
  afterPowerLoss() {
    const left = new Disk(this.synced);
    this.remove();
    return left;
  }

  remove() {
    rmSync(this.#root, { recursive: true, force: true });
    disks.delete(this);
  }
}

const disks = new Set();
process.once('exit', () => disks.forEach((disk) => disk.remove()));
