import '../style/history.css';
import { learnerAddress } from '../app/router';
import type { AppContext, View } from '../app/view';
import { People } from '../classview/people';
import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import { getJson } from '../http/api';
import { Problem } from '../http/problem';
import { CodeView } from './codeView';
import { momentsOf, type Turn } from './moments';
import { Playback } from './playback';
import { Replay, type CodeSource, type NotebookReplay } from './replay';
import { Timeline } from './timeline';

const sources: [CodeSource, string][] = [
  ['existing', 'Was there'],
  ['typed', 'Typed'],
  ['pasted', 'Pasted'],
  ['tutor', 'From the tutor'],
  ['unknown', 'Unknown'],
];

/** One learner: how a notebook came to be what it is, and what was asked meanwhile. */
export class LearnerView implements View {
  readonly node: HTMLElement;
  readonly title = 'Learner';
  private readonly name = el('h1', {}, 'Learner');
  private readonly picker = el('select', { class: 'select', 'aria-label': 'Notebook', testId: 'replay-notebook' });
  private readonly shares = el('ul', { class: 'code-shares', testId: 'code-shares' });
  private readonly code = new CodeView();
  private readonly timeline: Timeline;
  private readonly playback = new Playback(
    count => this.draw(count),
    count => this.nextRun(count),
  );
  private readonly board: HTMLElement;
  private readonly state = el('div', { class: 'page-state', role: 'status' }, el('span', { class: 'spinner' }));
  private turns: Turn[] = [];
  private replay: Replay | undefined;
  private opened = 0;
  private frame = 0;

  constructor(
    private readonly app: AppContext,
    private readonly learner: string,
    private readonly notebook: string,
  ) {
    this.timeline = new Timeline(app.identity.course, count => this.playback.goTo(count));
    this.picker.addEventListener('change', () => void this.open(this.picker.value));
    this.board = el(
      'div',
      { class: 'replay-board', hidden: true },
      el(
        'section',
        { class: 'card panel replay', 'aria-label': 'Replay' },
        this.playback.node,
        this.shares,
        this.code.node,
      ),
      el('section', { class: 'card panel' }, el('h2', {}, 'What happened'), this.timeline.node),
    );
    this.node = el(
      'div',
      { class: 'page learner-view', testId: 'learner-view' },
      el(
        'div',
        { class: 'page-head' },
        el('a', { href: '/class', 'data-route': true }, 'Class'),
        this.name,
        el('span', { class: 'spacer' }),
        this.picker,
      ),
      this.state,
      this.board,
    );
    void this.load();
  }

  dispose(): void {
    this.playback.pause();
    cancelAnimationFrame(this.frame);
    this.opened++;
  }

  private address(path: string): string {
    const course = encodeURIComponent(this.app.identity.course);
    return `/telemetry/courses/${course}/learners/${encodeURIComponent(this.learner)}/${path}`;
  }

  private async load(): Promise<void> {
    const people = new People();
    try {
      const [{ notebooks }, turns] = await Promise.all([
        getJson<{ notebooks: { notebook: string }[] }>(this.address('notebooks')),
        this.loadTurns(),
        people.load().catch(() => undefined),
      ]);
      this.turns = turns;
      this.name.textContent = people.nameOf(this.learner);
      const names = notebooks.map(({ notebook }) => notebook);
      this.picker.replaceChildren(...names.map(name => el('option', { value: name }, name)));
      const first = names.includes(this.notebook) ? this.notebook : names[0];
      if (first) {
        this.picker.value = first;
        await this.open(first);
      } else {
        this.picker.hidden = true;
        this.state.replaceChildren('Nothing is known of this learner’s notebooks.');
      }
    } catch (error) {
      this.state.replaceChildren('The history could not be loaded.');
      toastError(error);
    }
  }

  /** Without the tutor's service the history is shown without the questions' words. */
  private async loadTurns(): Promise<Turn[]> {
    const course = encodeURIComponent(this.app.identity.course);
    const learner = encodeURIComponent(this.learner);
    return getJson<{ turns: Turn[] }>(`/tutor/courses/${course}/turns/?learner=${learner}&limit=200`).then(
      ({ turns }) => turns,
      () => [],
    );
  }

  private async open(notebook: string): Promise<void> {
    const turn = ++this.opened;
    try {
      const history = await getJson<NotebookReplay>(this.address(`history?notebook=${encodeURIComponent(notebook)}`));
      if (turn !== this.opened) {
        return;
      }

      this.replay = new Replay(history);
      this.state.hidden = true;
      this.board.hidden = false;
      this.app.replaceAddress(learnerAddress(this.learner, notebook), this.name.textContent ?? this.title);
      this.showShares(history);
      this.timeline.show(momentsOf(this.replay, this.turns));
      this.playback.reset(this.replay.length);
    } catch (error) {
      if (turn === this.opened) {
        this.state.hidden = false;
        this.state.replaceChildren(error instanceof Problem ? error.detail || error.title : 'That did not work.');
        this.board.hidden = true;
      }
    }
  }

  /** Draws in the next frame; while the slider is dragged most steps are passed over. */
  private draw(count: number): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.replay) {
        const step = this.replay.history.steps[count - 1];
        this.code.show(this.replay.at(count), count - 1);
        this.timeline.mark(count);
        this.playback.describe(
          step
            ? `${count} of ${this.replay.length} · ${new Date(step.time).toLocaleString()}`
            : `0 of ${this.replay.length}`,
        );
      }
    });
  }

  private nextRun(count: number): number {
    const next = this.replay?.history.steps.findIndex((step, index) => index >= count && step.execution) ?? -1;
    return next < 0 ? (this.replay?.length ?? 0) : next + 1;
  }

  private showShares({ code }: NotebookReplay): void {
    const all = sources.reduce((sum, [source]) => sum + code[source], 0);
    this.shares.replaceChildren(
      ...sources
        .filter(([source]) => code[source] > 0)
        .map(([source, label]) =>
          el(
            'li',
            {},
            el('span', { class: `swatch from-${source}` }),
            `${label} ${Math.round((code[source] / all) * 100)} %`,
          ),
        ),
      code.reliance === null ? '' : el('li', {}, `Assistant reliance ${Math.round(code.reliance * 100)} %`),
    );
  }
}
