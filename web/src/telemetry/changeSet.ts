/** A part of a Yjs delta of text. */
export interface DeltaPart {
  retain?: number;
  insert?: unknown;
  delete?: number;
}

/** A part of a CodeMirror 6 ChangeSet as JSON: so many units kept, or so many replaced by lines. */
export type ChangePart = number | [removed: number, ...lines: string[]];

/** Writes a delta as CodeMirror writes a change of the whole text, given the length of the text that it led to. */
export function changeSetOf(delta: DeltaPart[], newLength: number): ChangePart[] {
  const parts: ChangePart[] = [];
  let removed = 0;
  let inserted = '';
  let rest = newLength;
  const flush = () => {
    if (removed > 0 || inserted !== '') {
      parts.push(inserted === '' ? [removed] : [removed, ...inserted.split('\n')]);
    }

    [removed, inserted] = [0, ''];
  };
  for (const part of delta) {
    if (part.retain) {
      flush();
      parts.push(part.retain);
      rest -= part.retain;
    } else if (typeof part.insert === 'string') {
      inserted += part.insert;
      rest -= part.insert.length;
    } else {
      removed += part.delete ?? 0;
    }
  }

  flush();
  return rest > 0 ? [...parts, rest] : parts;
}
