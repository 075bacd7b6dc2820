import { expect, test } from 'vitest';
import { momentsOf } from '../src/history/moments';
import { Replay, type NotebookReplay, type ReplayStep } from '../src/history/replay';

function history(steps: Partial<ReplayStep>[]): NotebookReplay {
  const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
  return {
    learner: 'l',
    notebook: 'Task.ipynb',
    cells: [
      { cell: 0, id: 'a', type: 'code' },
      { cell: 1, id: 'b', type: 'markdown' },
    ],
    code: { existing: 0, typed: 0, pasted: 0, tutor: 0, unknown: 0, reliance: null },
    steps: steps.map((step, index) => ({ event: String(index), time: at(index), type: 'CellEditEvent', ...step })),
  };
}

const typed = (text: string) => ({ text, source: 'typed' as const });
const texts = (replay: Replay, count: number) =>
  replay.at(count).map(({ pieces }) => pieces.map(({ text }) => text).join(''));

test('Cells come, change, move and go', () => {
  const replay = new Replay(
    history([
      { placed: [{ cell: 0, index: 0 }], edits: [{ cell: 0, at: 0, removed: 0, inserted: [typed('abc')] }], cell: 0 },
      { placed: [{ cell: 1, index: 0 }] },
      { edits: [{ cell: 0, at: 1, removed: 1, inserted: [{ text: 'XY', source: 'tutor', turn: 't' }] }], cell: 0 },
      { placed: [{ cell: 1, index: 1 }] },
      { removed: [0] },
    ]),
  );
  expect(texts(replay, 0)).toEqual([]);
  expect(texts(replay, 1)).toEqual(['abc']);
  expect(texts(replay, 3)).toEqual(['', 'aXYc']);
  expect(replay.at(3)[1]!.pieces.map(({ source }) => source)).toEqual(['typed', 'tutor', 'typed']);
  expect(replay.at(3)[1]!.gone).toEqual({ at: 3, text: 'b', step: 2 });
  expect(texts(replay, 4)).toEqual(['aXYc', '']);
  expect(texts(replay, 5)).toEqual(['']);
});

test('Any step of a long history is what applying all before it gives', () => {
  let text = '';
  const expected = [''];
  const steps: Partial<ReplayStep>[] = [];
  for (let index = 0; index < 1050; index++) {
    const at = (index * 7919) % (text.length + 1);
    const removed = index % 3 === 0 ? Math.min(2, text.length - at) : 0;
    const inserted = String(index);
    steps.push({ cell: 0, edits: [{ cell: 0, at, removed, inserted: [typed(inserted)] }] });
    text = text.slice(0, at) + inserted + text.slice(at + removed);
    expected.push(text);
  }

  steps[0]!.placed = [{ cell: 0, index: 0 }];
  const replay = new Replay(history(steps));
  for (const count of [1, 99, 100, 101, 500, 1000, 1050, 3]) {
    expect(texts(replay, count)).toEqual([expected[count]]);
  }
});

test('A run is shown with its outputs until the next one, and is a moment of its own', () => {
  const replay = new Replay(
    history([
      { placed: [{ cell: 0, index: 0 }] },
      {
        cell: 0,
        type: 'CellExecute',
        execution: { success: false, duration_ms: 5, error: { name: 'E', value: 'v', traceback: [] } },
      },
      { cell: 0, type: 'CellOutputEvent', outputs: [{ type: 'stream', text: 'out' }] },
      { cell: 0, edits: [{ cell: 0, at: 0, removed: 0, inserted: [{ text: 'p', source: 'pasted' }] }] },
      { cell: 0, type: 'CellExecute', execution: { success: true, duration_ms: null, error: null } },
    ]),
  );
  expect(replay.at(4)[0]).toMatchObject({ execution: { success: false }, outputs: [{ text: 'out' }] });
  expect(replay.at(5)[0]).toMatchObject({ execution: { success: true }, outputs: [] });
  const asked = {
    answer_id: 'x',
    notebook_path: 'Task.ipynb',
    question: 'Why?',
    question_class: 'instrumental',
    hint_level: 1,
    status: 'done',
    at: replay.history.steps[2]!.time,
  };
  const moments = momentsOf(replay, [asked, { ...asked, notebook_path: 'Other.ipynb' }]);
  expect(moments.map(({ kind, title, count }) => `${kind} ${title} ${count}`)).toEqual([
    'bad E 2',
    'question Question (instrumental) 3',
    'pasted Pasted 4',
    'good Ran 5',
  ]);
});
