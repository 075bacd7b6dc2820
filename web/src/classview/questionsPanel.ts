import { el } from '../dom/element';
import { getJson } from '../http/api';
import { OnChange } from './onChange';

interface QuestionGroup {
  class: string;
  questions: number;
  learners: number;
}

interface HelpSeeking {
  questions: number;
  learners: number;
  classes: QuestionGroup[];
  objectives: { objective: string; questions: number; learners: number; classes: QuestionGroup[] }[];
}

const askAtMostEvery = 1000;
const shownObjectives = 8;
const titles: Record<string, string> = {
  instrumental: 'Instrumental: asks for a hint or an explanation',
  executive: 'Executive: asks for the solution',
  other: 'Neither',
};

/** What the tutor was asked for in the last seven days, by class of question and by learning objective. */
export class QuestionsPanel {
  readonly node: HTMLElement;
  private readonly body = el('div', { class: 'questions', testId: 'questions' });
  private readonly changes = new OnChange(() => this.load(), askAtMostEvery);

  constructor(private readonly course: string) {
    this.node = el('section', { class: 'card panel' }, el('h2', {}, 'Questions to the tutor, 7 days'), this.body);
    void this.changes.now();
  }

  /** What is shown may have changed. */
  changed(): void {
    this.changes.notify();
  }

  dispose(): void {
    this.changes.close();
  }

  private async load(): Promise<void> {
    const help = await getJson<HelpSeeking>(`/telemetry/courses/${encodeURIComponent(this.course)}/help-seeking`);
    if (help.questions === 0) {
      this.body.replaceChildren(el('p', { class: 'muted' }, 'Nobody has asked yet.'));
      return;
    }

    const objectives = help.objectives.filter(({ objective }) => objective !== '');
    this.body.replaceChildren(
      el('h3', {}, 'By class'),
      bars(help.classes.map(group => [group.class || 'not classified', titles[group.class] ?? '', group])),
      ...(objectives.length > 0
        ? [
            el('h3', {}, 'By objective'),
            bars(
              objectives
                .slice(0, shownObjectives)
                .map(group => [
                  group.objective,
                  group.classes.map(one => `${one.questions} ${one.class || 'not classified'}`).join(', '),
                  group,
                ]),
            ),
          ]
        : []),
    );
  }
}

function bars(rows: [label: string, title: string, group: { questions: number; learners: number }][]): HTMLElement {
  const most = Math.max(...rows.map(([, , { questions }]) => questions));
  return el(
    'ul',
    { class: 'question-bars' },
    ...rows.map(([label, title, { questions, learners }]) =>
      el(
        'li',
        { title },
        el(
          'div',
          { class: 'error-line' },
          el('strong', {}, label),
          el('span', { class: 'muted' }, `${questions} · ${learners} ${learners === 1 ? 'learner' : 'learners'}`),
        ),
        el('meter', { min: 0, max: most, value: questions, 'aria-label': `${questions} questions` }),
      ),
    ),
  );
}
