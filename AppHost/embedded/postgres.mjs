// Runs a PostgreSQL server for one AppHost: makes the cluster and the databases where they are missing, listens on loopback only,
// ends with a fast shutdown when it is told to, and when its parent has gone.
//
//   PGPORT                      where it listens
//   LYCEUM_POSTGRES_DATA        the folder of the cluster
//   LYCEUM_POSTGRES_PASSWORD    of the administrator, postgres
//   LYCEUM_POSTGRES_DATABASES   names with commas between
//   LYCEUM_POSTGRES_BIN         the folder of postgres and initdb, where it is not to be looked for

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { findBinaries } from './binaries.mjs';
import { asOwner, ownerOf } from './owner.mjs';
import { clearStaleLock } from './lock.mjs';

const settings = {
  port: Number(required('PGPORT')),
  data: path.resolve(required('LYCEUM_POSTGRES_DATA')),
  password: required('LYCEUM_POSTGRES_PASSWORD'),
  databases: required('LYCEUM_POSTGRES_DATABASES').split(',').filter(Boolean),
};

// A laptop's share of memory; every commit still reaches the disk before it is acknowledged.
const options = {
  port: settings.port,
  listen_addresses: '127.0.0.1,::1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  log_min_messages: 'warning',
};

function required(name) {
  const value = process.env[name];
  if (!value) {
    stop(`${name} is not set; the AppHost sets it.`);
  }
  return value;
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

function environment() {
  const { LYCEUM_POSTGRES_PASSWORD, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C', ...binaries.environment };
}

/** Runs a program to its end, with text on its standard input. */
function run(program, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(binaries.folder, program), args, { ...asOwner(owner), env: environment(), cwd: settings.data, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', data => { output += data; });
    child.stderr.on('data', data => { output += data; });
    child.on('error', reject);
    child.on('close', code => code === 0 && !/\b(ERROR|FATAL|PANIC):/.test(output)
      ? resolve(output)
      : reject(new Error(`${program} ended with ${code}: ${output.trim().split('\n').slice(-5).join('\n')}`)));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

async function makeCluster() {
  const version = path.join(settings.data, 'PG_VERSION');
  if (fs.existsSync(version)) {
    const found = fs.readFileSync(version, 'utf8').trim();
    if (found !== binaries.major) {
      stop(`${settings.data} holds data of PostgreSQL ${found}, and this is PostgreSQL ${binaries.major}. Dump it with version ${found} and restore it, or set LYCEUM_POSTGRES_BIN to that version's bin folder.`);
    }
    return;
  }

  // Left by an initdb that was interrupted; without PG_VERSION there is nothing in it to lose.
  const leftovers = fs.readdirSync(settings.data);
  if (leftovers.some(name => !['base', 'global', 'pg_wal'].includes(name) && !name.startsWith('pg_') && !name.startsWith('postgresql') && name !== '.lyceum.json')) {
    stop(`${settings.data} is neither empty nor a PostgreSQL cluster (${leftovers.slice(0, 3).join(', ')}). Choose another data folder with LYCEUM_DATA.`);
  }
  leftovers.forEach(name => fs.rmSync(path.join(settings.data, name), { recursive: true, force: true }));

  console.log(`Making a PostgreSQL ${binaries.major} cluster in ${settings.data}`);
  await run('initdb', ['-D', settings.data, '-U', 'postgres', '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--auth=reject', '--no-instructions']);
  const rules = 'host all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n';
  fs.writeFileSync(path.join(settings.data, 'pg_hba.conf'), rules, { mode: 0o600 });
}

/** Sets the password and makes the databases before anybody can connect. The note says what was done, so that a warm start skips it. */
async function prepare() {
  const note = path.join(settings.data, '.lyceum.json');
  const done = fs.existsSync(note) ? JSON.parse(fs.readFileSync(note, 'utf8')) : { databases: [] };
  const password = createHash('sha256').update(`${settings.data}\0${settings.password}`).digest('hex');
  const missing = settings.databases.filter(name => !done.databases.includes(name));
  if (missing.length === 0 && done.password === password) {
    return;
  }

  const text = value => `'${value.replaceAll("'", "''")}'`;
  const known = (await single("SELECT datname FROM pg_database\n")).match(/datname = "([^"]*)"/g) ?? [];
  const create = missing.filter(name => !known.includes(`datname = "${name}"`)).map(name => `CREATE DATABASE "${name.replaceAll('"', '""')}"\n`);
  await single(`ALTER USER postgres PASSWORD ${text(settings.password)}\n${create.join('')}`);
  fs.writeFileSync(note, JSON.stringify({ databases: [...new Set([...done.databases, ...settings.databases])], password }), { mode: 0o600 });
}

/** Single-user mode: SQL through standard input, so that no secret is on a command line, and no client is needed. */
function single(sql) {
  return run('postgres', ['--single', '-D', settings.data, '-c', 'log_min_messages=error', '-c', 'log_min_error_statement=panic', 'postgres'], sql);
}

function serve() {
  const args = ['-D', settings.data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const server = spawn(path.join(binaries.folder, 'postgres'), args, { ...asOwner(owner), env: environment(), cwd: settings.data, stdio: ['ignore', 'inherit', 'inherit'] });
  let asked = false;
  const end = () => {
    if (!asked) {
      asked = true;
      server.kill('SIGINT');
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, end);
  }

  const parent = process.ppid;
  setInterval(() => process.ppid === parent || end(), 500).unref();
  server.on('error', error => stop(`postgres cannot be started: ${error.message}`));
  server.on('exit', (code, signal) => {
    if (!asked) {
      console.error(`postgres ended by itself (${signal ?? `code ${code}`})`);
    }
    process.exit(asked ? 0 : 1);
  });
}

const binaries = findBinaries();
let owner;
try {
  owner = ownerOf(settings.data, binaries);
  await clearStaleLock(settings.data);
  await makeCluster();
  await prepare();
} catch (error) {
  stop(error.message);
}
serve();
