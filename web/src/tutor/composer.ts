import { el, icon } from '../dom/element';

interface ComposerActions {
  send(text: string): void;
  stop(): void;
}

const maxQuestionLength = 8000;

/** Where a question is written. Enter sends, Shift+Enter begins a new line. */
export class Composer {
  readonly node: HTMLFormElement;
  private readonly input: HTMLTextAreaElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly stopButton: HTMLButtonElement;
  private readonly share = el('input', { type: 'checkbox', checked: true });
  private readonly cell = el('span', {});
  private readonly shareLabel = el('label', { class: 'tutor-share', hidden: true }, this.share, this.cell);

  constructor(private readonly actions: ComposerActions) {
    this.input = el('textarea', {
      rows: 1,
      maxlength: maxQuestionLength,
      placeholder: 'Ask the tutor…',
      'aria-label': 'Your question',
      testId: 'tutor-input',
      on: { input: () => this.refresh(), keydown: event => this.keydown(event) },
    });
    this.sendButton = el(
      'button',
      { class: 'button primary', type: 'submit', 'aria-label': 'Send', title: 'Send (Enter)', testId: 'tutor-send' },
      icon('send'),
    );
    this.stopButton = el(
      'button',
      { class: 'button', type: 'button', hidden: true, testId: 'tutor-stop', on: { click: () => actions.stop() } },
      icon('stop'),
      'Stop',
    );
    this.node = el(
      'form',
      { class: 'tutor-composer' },
      this.shareLabel,
      el('div', { class: 'tutor-entry' }, this.input, this.sendButton, this.stopButton),
    );
    this.node.addEventListener('submit', event => {
      event.preventDefault();
      this.submit();
    });
    this.refresh();
  }

  get sharesCell(): boolean {
    return this.share.checked;
  }

  showCell(label: string | undefined): void {
    this.shareLabel.hidden = !label;
    this.cell.textContent = label ?? '';
  }

  showRunning(running: boolean): void {
    this.sendButton.hidden = running;
    this.stopButton.hidden = !running;
  }

  prefill(text: string): void {
    this.input.value = text;
    this.refresh();
    this.focus();
  }

  focus(): void {
    this.input.focus();
  }

  private keydown(event: KeyboardEvent): void {
    // While an input method composes a word, Enter ends the word.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (text !== '' && !this.sendButton.hidden) {
      this.input.value = '';
      this.refresh();
      this.actions.send(text);
    }
  }

  private refresh(): void {
    this.sendButton.disabled = this.input.value.trim() === '';
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 200)}px`;
  }
}
