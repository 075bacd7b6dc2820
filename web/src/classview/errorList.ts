import { el } from '../dom/element';
import type { FrequentError } from './activity';

const shownErrors = 8;

/** What goes wrong most often in the class. */
export class ErrorList {
  readonly node = el('ol', { class: 'errors', testId: 'error-list' });

  show(errors: FrequentError[]): void {
    if (errors.length === 0) {
      this.node.replaceChildren(el('li', { class: 'muted' }, 'No errors in this time.'));
      return;
    }

    const most = Math.max(...errors.map(error => error.count));
    this.node.replaceChildren(
      ...errors
        .slice(0, shownErrors)
        .map(({ name, count, learners, example }) =>
          el(
            'li',
            { testId: 'error-item', 'data-error': name },
            el(
              'div',
              { class: 'error-line' },
              el('strong', {}, name),
              el('span', { class: 'muted' }, `${count} × · ${learners} ${learners === 1 ? 'learner' : 'learners'}`),
            ),
            el('meter', { min: 0, max: most, value: count, 'aria-label': `${count} times` }),
            example ? el('code', { title: example.code ?? example.value }, example.value) : null,
          ),
        ),
    );
  }
}
