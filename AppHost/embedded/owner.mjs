// PostgreSQL refuses to run as root. Started by root, it runs as nobody, who must then own the data and reach data and programs.

import fs from 'node:fs';
import path from 'node:path';

const nobody = 65534;

export const asOwner = owner => owner === null ? {} : { uid: owner, gid: owner };

/** The user that PostgreSQL runs as: null for the present one. Makes the data folder. */
export function ownerOf(data, binaries) {
  const isRoot = process.getuid?.() === 0;
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  if (!isRoot) {
    fs.chmodSync(data, 0o700);
    return null;
  }

  refuseClosedFolder(path.dirname(data), `Choose another data folder with LYCEUM_DATA, such as /var/lib/lyceum`);
  makeReachable(binaries, path.dirname(data));
  if (fs.statSync(data).uid !== nobody) {
    giveAway(data);
  }
  fs.chmodSync(data, 0o700);
  return nobody;
}

function giveAway(place) {
  fs.lchownSync(place, nobody, nobody);
  if (fs.lstatSync(place).isDirectory()) {
    fs.readdirSync(place).forEach(name => giveAway(path.join(place, name)));
  }
}

/** The innermost folder on the way to a place that others may not pass, or null. */
function closedFolder(place) {
  for (let folder = place; ; folder = path.dirname(folder)) {
    if ((fs.statSync(folder).mode & 0o001) === 0) {
      return folder;
    }
    if (folder === path.dirname(folder)) {
      return null;
    }
  }
}

function refuseClosedFolder(place, advice) {
  const closed = closedFolder(place);
  if (closed) {
    throw new Error(`PostgreSQL does not run as root, and ${closed} is closed to the user that it runs as instead. ${advice}, or start the AppHost as an ordinary user.`);
  }
}

/** Programs in root's home cannot be run by nobody; a copy beside the data can. */
function makeReachable(binaries, beside) {
  if (!closedFolder(binaries.folder)) {
    return;
  }
  const native = path.dirname(binaries.folder);
  const copy = path.join(beside, `postgresql-${binaries.major}`);
  if (!fs.existsSync(path.join(copy, 'bin', 'postgres'))) {
    console.log(`Copying PostgreSQL's programs to ${copy}, because the user that it runs as cannot reach ${native}`);
    const part = `${copy}.${process.pid}`;
    fs.cpSync(native, part, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(part, 0o755);
    fs.rmSync(copy, { recursive: true, force: true });
    fs.renameSync(part, copy);
  }
  binaries.folder = path.join(copy, 'bin');
}
