import { openDialog } from '../dom/dialog';
import { el, icon, type Child } from '../dom/element';
import { toastError } from '../dom/toast';
import { LoadedSection, nothing } from './section';
import type { ArmCount, Experiment } from './teachClient';

const example = {
  name: 'firmer-tutor',
  description: 'Does enhanced guidance lead to more questions that aim at understanding?',
  layer: 'default',
  share: 1,
  stratify: 'experience',
  arms: [
    { name: 'plain', strategy: 'plain' },
    { name: 'firmer', strategy: 'enhanced_guidance' },
  ],
};

const states = { draft: 'warn', running: 'good', ended: '' } as const;

/** The course's experiments: written as JSON, started, counted, ended. */
export class ExperimentsSection extends LoadedSection {
  protected async load(): Promise<Child[]> {
    const experiments = await this.context.client.experiments();
    const states = await Promise.all(experiments.map(({ id }) => this.context.client.experiment(id)));
    return [
      el(
        'div',
        { class: 'row teach-list-head' },
        el('span', { class: 'spacer' }),
        el(
          'button',
          {
            class: 'button primary',
            type: 'button',
            testId: 'add-experiment',
            on: { click: () => void this.write() },
          },
          icon('plus'),
          'Write an experiment',
        ),
      ),
      states.length === 0
        ? nothing('There is none yet. The arms of an experiment may change prompts, models and strategies.')
        : el('ul', { class: 'teach-list' }, ...states.map(({ experiment, counts }) => this.row(experiment, counts))),
    ];
  }

  private row(experiment: Experiment, counts: ArmCount[]): HTMLElement {
    return el(
      'li',
      { class: 'card teach-card', testId: 'experiment' },
      el(
        'div',
        { class: 'row' },
        el('strong', {}, experiment.name),
        el('span', { class: `badge ${states[experiment.status]}` }, experiment.status),
        el(
          'span',
          { class: 'muted' },
          `layer ${experiment.layer}, ${Math.round(experiment.share * 1000) / 10} % of its learners, stratified by ${experiment.stratify}`,
        ),
        el('span', { class: 'spacer' }),
        ...this.actions(experiment),
      ),
      experiment.description && el('p', {}, experiment.description),
      el(
        'div',
        { class: 'teach-scroll', tabindex: 0, role: 'region', 'aria-label': `Arms of ${experiment.name}` },
        el(
          'table',
          { class: 'teach-table' },
          el(
            'thead',
            {},
            el('tr', {}, ...['Arm', 'Changes', 'Learners', 'Turns'].map(head => el('th', { scope: 'col' }, head))),
          ),
          el('tbody', {}, ...experiment.arms.map(arm => armRow(arm, counts))),
        ),
      ),
    );
  }

  private actions({ id, status }: Experiment): HTMLElement[] {
    const button = (label: string, what: () => Promise<unknown>) =>
      el('button', { class: 'button small', type: 'button', on: { click: () => void this.act(what) } }, label);
    const { client } = this.context;
    return status === 'draft'
      ? [
          button('Start', () => client.changeExperiment(id, 'start')),
          button('Delete', () => client.deleteExperiment(id)),
        ]
      : status === 'running'
        ? [button('End', () => client.changeExperiment(id, 'end'))]
        : [];
  }

  private async act(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
    } catch (error) {
      toastError(error);
    }

    await this.refresh();
  }

  private async write(): Promise<void> {
    const text = el('textarea', {
      rows: 16,
      class: 'mono',
      spellcheck: 'false',
      'aria-label': 'The experiment as JSON',
    });
    text.value = JSON.stringify(example, null, 2);
    await openDialog({
      title: 'Write an experiment',
      body: [
        el('p', { class: 'muted' }, 'An arm that sets nothing is the control. It stays a draft until you start it.'),
        text,
      ],
      accept: 'Save as draft',
      onAccept: async () => void (await this.context.client.createExperiment(JSON.parse(text.value))),
    });
    await this.refresh();
  }
}

function armRow({ name, weight: _, ...changes }: Record<string, unknown>, counts: ArmCount[]): HTMLElement {
  const mine = counts.filter(({ arm }) => arm === name);
  const sum = (of: (count: ArmCount) => number) => String(mine.reduce((total, count) => total + of(count), 0));
  const set = Object.entries(changes).filter(([, value]) => value !== null && value !== undefined);
  return el(
    'tr',
    {},
    el('td', {}, String(name)),
    el('td', {}, set.length === 0 ? 'nothing' : set.map(([key, value]) => `${key}: ${String(value)}`).join(', ')),
    el(
      'td',
      {},
      sum(({ learners }) => learners),
    ),
    el(
      'td',
      {},
      sum(({ turns }) => turns),
    ),
  );
}
