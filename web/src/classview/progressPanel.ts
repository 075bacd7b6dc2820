import { learnerAddress } from '../app/router';
import type { AppContext } from '../app/view';
import { el } from '../dom/element';
import { getJson } from '../http/api';
import { HeatMap } from './heatMap';
import { OnChange } from './onChange';
import { byNeed, shares, type Exercise, type Progress } from './progress';

const askAtMostEvery = 1000;

/** Who has solved what: the sums by exercise, and a heat map of everybody. */
export class ProgressPanel {
  readonly node: HTMLElement;
  private readonly picker = el('select', {
    class: 'select small',
    'aria-label': 'Notebook',
    testId: 'progress-notebook',
  });
  private readonly list = el('ol', { class: 'exercises', testId: 'exercises' });
  private readonly map: HeatMap;
  private readonly changes = new OnChange(() => this.load(), askAtMostEvery);
  private progress: Progress | undefined;
  private chosen = '';

  constructor(
    private readonly app: AppContext,
    private readonly nameOf: (learner: string) => string,
  ) {
    this.map = new HeatMap(learner => void app.go(learnerAddress(learner, this.progress?.notebook)));
    this.picker.addEventListener('change', () => {
      this.chosen = this.picker.value;
      void this.changes.now();
    });
    this.node = el(
      'section',
      { class: 'card panel progress', hidden: true, testId: 'progress-panel' },
      el('div', { class: 'panel-head' }, el('h2', {}, 'Progress'), this.picker),
      el('p', { class: 'legend' }, key('solved'), key('stuck'), key('tried'), key('none')),
      el('div', { class: 'progress-board' }, this.list, el('div', { class: 'heat-frame' }, this.map.node)),
    );
    void this.changes.now();
  }

  /** What is shown may have changed. */
  changed(): void {
    this.changes.notify();
  }

  /** Names have become known. */
  refresh(): void {
    if (this.progress) {
      this.show(this.progress);
    }
  }

  dispose(): void {
    this.changes.close();
    this.map.dispose();
  }

  private async load(): Promise<void> {
    const course = encodeURIComponent(this.app.identity.course);
    const query = this.chosen ? `?notebook=${encodeURIComponent(this.chosen)}` : '';
    this.show(await getJson<Progress>(`/telemetry/courses/${course}/progress${query}`));
  }

  private show(progress: Progress): void {
    this.progress = progress;
    this.node.hidden = progress.cells.length === 0;
    const names = progress.notebooks.map(({ notebook }) => notebook);
    if (names.join('\n') !== Array.from(this.picker.options, ({ value }) => value).join('\n')) {
      this.picker.replaceChildren(...names.map(name => el('option', { value: name }, name)));
    }

    this.picker.value = progress.notebook ?? '';
    this.list.replaceChildren(
      ...progress.cells.map((exercise, index) => exerciseRow(exercise, index, progress.learners.length)),
    );
    const learners = byNeed(progress.learners);
    this.map.show(
      learners,
      progress.cells.length,
      learners.map(({ learner }) => this.nameOf(learner)),
    );
  }
}

const labels = { solved: 'Solved', stuck: 'Stuck on one error', tried: 'Tried', none: 'Not started' };

function key(state: keyof typeof labels): HTMLElement {
  return el('span', {}, el('span', { class: `state-key ${state}` }), labels[state]);
}

function exerciseRow(exercise: Exercise, index: number, learners: number): HTMLElement {
  const parts = shares(exercise, learners).filter(([, count]) => count > 0);
  const text = parts.map(([state, count]) => `${count} ${labels[state].toLowerCase()}`).join(', ');
  return el(
    'li',
    { testId: 'exercise' },
    el(
      'div',
      { class: 'exercise-line' },
      el('strong', {}, String(index + 1)),
      el('code', { title: exercise.code ?? exercise.cell }, exercise.code ?? exercise.cell),
      el('span', { class: 'muted' }, `${exercise.solved} / ${learners}`),
    ),
    el(
      'div',
      { class: 'exercise-bar', role: 'img', 'aria-label': text, title: text },
      ...parts.map(([state, count]) => el('span', { class: state, style: `flex-grow: ${count}` })),
    ),
  );
}
