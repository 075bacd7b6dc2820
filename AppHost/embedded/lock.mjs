// A killed AppHost leaves postmaster.pid behind, and its server a moment later. By then its number may belong to another process.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const patience = 15_000;

function commandOf(pid) {
  try {
    return process.platform === 'linux'
      ? fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Waits for a server that is ending, and removes the lock of one that has ended. */
export async function clearStaleLock(data) {
  const lock = path.join(data, 'postmaster.pid');
  const began = Date.now();
  while (fs.existsSync(lock)) {
    const pid = Number(fs.readFileSync(lock, 'utf8').split('\n')[0]);
    if (!commandOf(pid).includes('postgres')) {
      fs.rmSync(lock, { force: true });
      return;
    }
    if (Date.now() - began > patience) {
      throw new Error(`Another PostgreSQL (process ${pid}) is using ${data}. Is another AppHost running? Stop it, or choose another data folder with LYCEUM_DATA.`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
