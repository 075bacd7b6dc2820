import { openDialog } from '../dom/dialog';
import { el, type Child } from '../dom/element';
import { toast, toastError } from '../dom/toast';
import { LoadedSection } from './section';
import type { PromptReport, PromptVersion } from './teachClient';

const labels = { built_in: 'built in', draft: 'draft', published: 'published' } as const;

/** The course's prompts: read, drafted, tried, published, used. */
export class PromptsSection extends LoadedSection {
  protected async load(): Promise<Child[]> {
    const prompts = await this.context.client.prompts();
    return [el('ul', { class: 'teach-list', testId: 'prompts' }, ...prompts.map(prompt => this.row(prompt)))];
  }

  private row(prompt: PromptVersion): HTMLElement {
    const { version, name, status } = prompt;
    const { client } = this.context;
    const button = (label: string, what: () => Promise<unknown>) =>
      el(
        'button',
        {
          class: 'button small',
          type: 'button',
          on: { click: event => void this.act(event.currentTarget as HTMLButtonElement, what) },
        },
        label,
      );
    return el(
      'li',
      { class: 'card teach-row', testId: 'prompt' },
      el(
        'div',
        { class: 'teach-row-main' },
        el('strong', {}, name),
        el('span', { class: 'badge' }, labels[status]),
        prompt.in_use && el('span', { class: 'badge good' }, 'in use'),
        el('p', { class: 'muted mono' }, version.slice(0, name.length + 13)),
        prompt.author_name && el('p', { class: 'muted' }, `by ${prompt.author_name}`),
      ),
      el(
        'div',
        { class: 'row' },
        button('Write a new one from it', () => this.write(version)),
        status === 'draft' && button('Try', async () => this.report(await client.checkPrompt(version))),
        status === 'draft' && button('Publish', () => client.publish(version)),
        status === 'draft' && button('Delete', () => client.deletePrompt(version)),
        status !== 'draft' && !prompt.in_use && button('Use', () => client.use(name, version)),
      ),
    );
  }

  private async act(button: HTMLButtonElement, what: () => Promise<unknown>): Promise<void> {
    button.disabled = true;
    try {
      await what();
    } catch (error) {
      toastError(error);
    }

    await this.refresh();
  }

  private async write(version: string): Promise<void> {
    const { text } = await this.context.client.prompt(version);
    const area = el('textarea', { rows: 20, class: 'mono', spellcheck: 'false', 'aria-label': 'The prompt' });
    area.value = text ?? '';
    await openDialog({
      title: 'Write a prompt',
      body: [
        el('p', { class: 'muted' }, 'It stays a draft until it is published, and then unused until you use it.'),
        area,
      ],
      accept: 'Save as draft',
      onAccept: async () => void (await this.context.client.draft(area.value)),
    });
  }

  private async report(report: PromptReport): Promise<void> {
    if (report.passed) {
      toast(`All ${report.cases.length} cases passed with ${report.model}.`);
      return;
    }

    await openDialog({
      title: 'It may not be published yet',
      body: report.cases
        .filter(({ passed }) => !passed)
        .map(({ id, broken, answer }) =>
          el(
            'details',
            {},
            el('summary', {}, `${id}: ${broken.map(({ rule, why }) => `${rule}: ${why}`).join(' ')}`),
            el('p', { class: 'teach-text' }, answer),
          ),
        ),
      accept: 'Close',
      cancel: null,
      onAccept: () => undefined,
    });
  }
}
