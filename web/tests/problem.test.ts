import { expect, test } from 'vitest';
import { messageOf, problemOf } from '../src/http/problem';

test('ProblemDetails are shown as title and detail', () => {
  expect(messageOf(problemOf({ title: 'Unknown conversation.', detail: 'x', status: 404 }, 404))).toBe(
    'Unknown conversation: x',
  );
});

test('The fields of a validation problem are shown', () => {
  const problem = problemOf({ title: 'Not valid', errors: { name: ['Write a name.'] } }, 400);
  expect(messageOf(problem)).toBe('Not valid: Write a name.');
});

test('An error in the shape of Jupyter is shown', () => {
  expect(messageOf(problemOf({ message: 'No such file: a.ipynb', reason: null }, 404))).toBe('No such file: a.ipynb');
});

test('An answer without a body still says something', () => {
  expect(messageOf(problemOf(null, 503))).toBe('A part of the service is away at the moment.');
});
