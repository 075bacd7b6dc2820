import { describe, expect, it } from 'vitest';
import { decisionOf, isAsked, recordedBy, type OfferedStudy } from '../src/privacy/studies';

function study(version: number, consent: OfferedStudy['consent']): OfferedStudy {
  return {
    id: '1',
    version,
    title: 't',
    information: 'i',
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
    event_types: ['CellExecute'],
    keep_until: '2027-01-01T00:00:00Z',
    consent,
  };
}

const at = '2026-01-01T00:00:00Z';

describe('a decision about a study', () => {
  it('is open until it was made', () => expect(decisionOf(study(1, null))).toBe('open'));
  it('holds for the version that was read', () => {
    expect(decisionOf(study(2, { version: 2, given: true, at }))).toBe('given');
    expect(decisionOf(study(3, { version: 2, given: true, at }))).toBe('changed');
  });
  it('holds as a refusal whatever the study becomes', () =>
    expect(decisionOf(study(3, { version: 1, given: false, at }))).toBe('refused'));
});

it('a learner is asked while a study is open or has changed', () => {
  expect(isAsked([])).toBe(false);
  expect(isAsked([study(1, { version: 1, given: false, at })])).toBe(false);
  expect(isAsked([study(1, { version: 1, given: true, at }), study(1, null)])).toBe(true);
  expect(isAsked([study(2, { version: 1, given: true, at })])).toBe(true);
});

it('types of events are said in words, each once, and unknown ones as they are', () =>
  expect(recordedBy(['CellExecute', 'CellExecuteEvent', 'NotebookOpenEvent', 'CellAddEvent', 'Other'])).toBe(
    'code that you run, with its errors; which notebooks and cells you are in; Other',
  ));
