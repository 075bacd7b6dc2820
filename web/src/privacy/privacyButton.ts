import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import { isAsked, offeredStudies } from './studies';

/** Opens the learner's studies and data; says when a study waits for a decision. */
export class PrivacyButton {
  readonly node = el(
    'button',
    { class: 'button', type: 'button', testId: 'privacy', on: { click: () => void this.open() } },
    'Studies and my data',
  );

  /** @param asks Told whether a study waits for the learner's decision. */
  constructor(private readonly asks: (asked: boolean) => void) {
    void this.look();
  }

  private async open(): Promise<void> {
    // The menu that the button is in would stay open behind the dialog.
    this.node.closest('details')?.removeAttribute('open');
    try {
      const { privacyDialog } = await import('./privacyDialog');
      await privacyDialog(() => void this.look());
    } catch (error) {
      toastError(error);
    }
  }

  private async look(): Promise<void> {
    try {
      this.asks(isAsked(await offeredStudies()));
    } catch {
      // Not worth a word: the dialog will say it.
    }
  }
}
