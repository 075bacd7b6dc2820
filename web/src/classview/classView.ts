import '../style/classview.css';
import type { AppContext, View } from '../app/view';
import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { messageOf } from '../http/problem';
import { ClassActivity, type Totals } from './activity';
import { ActivityFeed } from './activityFeed';
import { ErrorList } from './errorList';
import { HelpQueue } from './helpQueue';
import { LearnerTable } from './learnerTable';
import { People } from './people';
import { addPeopleDialog, peopleDialog } from './peopleDialogs';
import { ProgressPanel } from './progressPanel';
import { QuestionsPanel } from './questionsPanel';
import { TimelineChart } from './timelineChart';

const windows = [
  ['PT30M', 'Last 30 minutes', 0.5],
  ['PT2H', 'Last 2 hours', 2],
  ['PT8H', 'Last 8 hours', 8],
  ['P1D', 'Last 24 hours', 24],
] as const;

const refreshAtMostEvery = 250;

/** The class while it works: who is there, who is stuck, and on what. */
export class ClassView implements View {
  readonly node: HTMLElement;
  readonly title = 'Class';
  private readonly activity = new ClassActivity();
  private readonly people = new People();
  private readonly table = new LearnerTable();
  private readonly errors = new ErrorList();
  private readonly chart = new TimelineChart();
  private readonly progress: ProgressPanel;
  private readonly questions: QuestionsPanel;
  private readonly help: HelpQueue;
  private readonly live = el('span', { class: 'badge', role: 'status', testId: 'live-state' }, 'Connecting…');
  private readonly problem = el('p', { class: 'class-problem', role: 'alert', hidden: true });
  private readonly figures = el('dl', { class: 'figures' });
  private readonly board: HTMLElement;
  private readonly empty: HTMLElement;
  private feed: ActivityFeed | undefined;
  private received = false;
  private refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly app: AppContext) {
    const nameOf = (learner: string) => this.people.nameOf(learner);
    this.progress = new ProgressPanel(app, nameOf);
    this.questions = new QuestionsPanel(app.identity.course);
    this.help = new HelpQueue(app.identity.course, nameOf);
    this.board = el(
      'div',
      { class: 'class-board', hidden: true },
      this.figures,
      el('section', { class: 'card panel timeline' }, el('h2', {}, 'Activity'), this.chart.node),
      el('section', { class: 'card panel frequent' }, el('h2', {}, 'Most frequent errors'), this.errors.node),
      this.progress.node,
      el('div', { class: 'class-side' }, this.help.node, this.questions.node),
      el('section', { class: 'class-learners' }, el('h2', {}, 'Learners'), this.table.node),
    );
    this.empty = this.emptyState();
    this.node = el(
      'div',
      { class: 'page class-view', testId: 'class-view' },
      this.head(),
      this.problem,
      this.board,
      this.empty,
    );
    void this.loadPeople();
    this.follow('PT2H');
  }

  dispose(): void {
    this.feed?.close();
    clearTimeout(this.refreshing);
    this.table.dispose();
    this.chart.dispose();
    this.progress.dispose();
    this.questions.dispose();
    this.help.dispose();
  }

  private head(): HTMLElement {
    const select = el(
      'select',
      { class: 'select', 'aria-label': 'Time', testId: 'class-window' },
      ...windows.map(([value, label]) => el('option', { value, selected: value === 'PT2H' }, label)),
    );
    select.addEventListener('change', () => this.follow(select.value));
    return el(
      'div',
      { class: 'page-head' },
      el('h1', {}, 'Class'),
      el('span', { class: 'muted' }, this.app.identity.course),
      this.live,
      el('span', { class: 'spacer' }),
      select,
      el(
        'a',
        {
          class: 'button',
          target: '_blank',
          rel: 'noopener',
          testId: 'class-report',
          href: this.reportAddress('PT2H'),
          on: {
            click: ({ currentTarget }) =>
              ((currentTarget as HTMLAnchorElement).href = this.reportAddress(select.value)),
          },
        },
        'Report',
      ),
      el(
        'button',
        {
          class: 'button',
          type: 'button',
          testId: 'people',
          on: { click: () => void peopleDialog(this.people, () => this.refresh()) },
        },
        icon('people'),
        'People',
      ),
      this.addPeopleButton('add-people'),
    );
  }

  /** What the time shown comes to, as a page for the printer. */
  private reportAddress(window: string): string {
    const hours = windows.find(([value]) => value === window)?.[2] ?? 2;
    const from = new Date(Date.now() - hours * 3_600_000).toISOString();
    return `/telemetry/courses/${encodeURIComponent(this.app.identity.course)}/report?from=${from}`;
  }

  private addPeopleButton(testId: string): HTMLElement {
    return el(
      'button',
      { class: 'button primary', type: 'button', testId, on: { click: () => void this.addPeople() } },
      icon('plus'),
      'Add people',
    );
  }

  private emptyState(): HTMLElement {
    return el(
      'div',
      { class: 'page-state card', hidden: true, testId: 'class-empty' },
      el('h2', {}, 'Nobody is here yet'),
      el(
        'p',
        {},
        'As soon as students run cells or ask the tutor, you see here who is active, who fails how often, who is stuck and on which error, as it happens.',
      ),
      this.addPeopleButton('add-first-student'),
    );
  }

  private follow(window: string): void {
    this.feed?.close();
    this.feed = new ActivityFeed(this.app.identity.course, window, {
      activity: activity => {
        this.received = true;
        this.activity.replace(activity);
        activity.learners.forEach(({ learner }) => this.lookUp(learner));
        this.derived();
        this.refresh();
      },
      learner: learner => {
        this.activity.update(learner);
        this.lookUp(learner.learner);
        this.refresh();
      },
      summary: summary => {
        this.activity.summarize(summary);
        this.refresh();
      },
      derived: () => this.derived(),
      connection: (live, error) => this.showConnection(live, error),
    });
  }

  private lookUp(learner: string): void {
    // A name that cannot be had now is shown as a pseudonym; the next event asks again.
    this.people.loadFor(learner).then(
      loaded => loaded && this.named(),
      () => undefined,
    );
  }

  private async loadPeople(): Promise<void> {
    try {
      await this.people.load();
      this.named();
    } catch (error) {
      toastError(error);
    }
  }

  private async addPeople(): Promise<void> {
    const { course, roles } = this.app.identity;
    await addPeopleDialog(this.people, course, roles.includes('owner'));
    this.refresh();
  }

  private showConnection(live: boolean, error?: unknown): void {
    this.live.textContent = live ? 'Live' : 'Reconnecting…';
    this.live.className = `badge ${live ? 'good' : 'warn'}`;
    this.problem.hidden = live;
    this.problem.textContent = error ? messageOf(error) : '';
  }

  private derived(): void {
    this.progress.changed();
    this.questions.changed();
  }

  private named(): void {
    this.progress.refresh();
    this.help.refresh();
    this.refresh();
  }

  /** Draws soon; what arrives meanwhile is drawn with it. */
  private refresh(): void {
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      this.draw();
    }, refreshAtMostEvery);
  }

  private draw(): void {
    if (!this.received) {
      return;
    }

    const learners = this.activity.sorted();
    const absent = this.people
      .all()
      .filter(({ roles, learner }) => roles.includes('student') && !this.activity.has(learner))
      .map(({ learner, name }) => ({ learner, name }));
    const nobody = learners.length === 0 && absent.length === 0;
    this.empty.hidden = !nobody;
    this.board.hidden = nobody;
    if (!nobody) {
      this.drawFigures(this.activity.totals());
      this.table.show(learners, absent, learner => this.people.nameOf(learner));
      this.errors.show(this.activity.errors);
      this.chart.show(this.activity.timeline);
    }
  }

  private drawFigures({ active, idle, stuck, executions, failures, questions }: Totals): void {
    const rate = executions > 0 ? Math.round((failures / executions) * 100) : 0;
    const figure = (label: string, value: string, kind = '') =>
      el('div', { class: `card figure ${kind}` }, el('dt', {}, label), el('dd', {}, value));
    this.figures.replaceChildren(
      figure('Active now', String(active)),
      figure('Idle', String(idle)),
      figure('Stuck', String(stuck), stuck > 0 ? 'alarming' : ''),
      figure('Runs', executions.toLocaleString()),
      figure('Failed', `${rate} %`),
      figure('Questions', questions.toLocaleString()),
    );
  }
}
