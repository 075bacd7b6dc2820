/** How code comes into a cell, as TelemetryIngest keeps it. */
export interface CodeOrigin {
  origin: 'typed' | 'pasted' | 'tutor';
  /** Of the tutor's code, the answer's id. */
  turn?: string;
}

const maxCopies = 10;
const copies: { text: string; turn: string | undefined }[] = [];

/** Notes that something of an answer went to the clipboard. */
export function noteTutorCopy(text: string, turn: string | undefined): void {
  copies.push({ text: plain(text), turn });
  copies.splice(0, copies.length - maxCopies);
}

/** Whose a text is that comes from the clipboard. */
export function originOfPaste(text: string): CodeOrigin {
  const found = copies.findLast(copy => copy.text === plain(text));
  return found ? tutorsCode(found.turn) : { origin: 'pasted' };
}

export function tutorsCode(turn: string | undefined): CodeOrigin {
  return turn ? { origin: 'tutor', turn } : { origin: 'tutor' };
}

function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim();
}
