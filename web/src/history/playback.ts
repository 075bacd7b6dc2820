import { el } from '../dom/element';

const playEvery = 80;

/** Goes through a history: a slider, a step back and forth, to the next run, or as a film. */
export class Playback {
  readonly node: HTMLElement;
  private readonly slider = el('input', {
    type: 'range',
    min: 0,
    max: 0,
    value: 0,
    'aria-label': 'Step',
    testId: 'replay-slider',
  });
  private readonly text = el('output', { class: 'replay-step', testId: 'replay-step' });
  private readonly play = button('Play', 'replay-play', () => (this.timer ? this.pause() : this.start()));
  private timer: ReturnType<typeof setInterval> | undefined;
  private length = 0;

  constructor(
    private readonly shown: (count: number) => void,
    private readonly nextRun: (count: number) => number,
  ) {
    this.slider.addEventListener('input', () => {
      this.pause();
      this.shown(this.count);
    });
    this.node = el(
      'div',
      { class: 'replay-controls' },
      this.slider,
      el(
        'div',
        { class: 'row' },
        this.play,
        button('Back', 'replay-back', () => this.goTo(this.count - 1)),
        button('Forward', 'replay-forward', () => this.goTo(this.count + 1)),
        button('Next run', 'replay-next-run', () => this.goTo(this.nextRun(this.count))),
        this.text,
      ),
    );
  }

  get count(): number {
    return Number(this.slider.value);
  }

  reset(length: number): void {
    this.pause();
    this.length = length;
    this.slider.max = String(length);
    this.goTo(length);
  }

  goTo(count: number): void {
    this.pause();
    this.move(count);
  }

  describe(text: string): void {
    this.text.textContent = text;
    this.slider.setAttribute('aria-valuetext', text);
  }

  pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = 'Play';
  }

  private move(count: number): void {
    this.slider.value = String(Math.min(Math.max(count, 0), this.length));
    this.shown(this.count);
  }

  private start(): void {
    if (this.count >= this.length) {
      this.move(0);
    }

    this.play.textContent = 'Pause';
    this.timer = setInterval(() => {
      this.move(this.count + 1);
      if (this.count >= this.length) {
        this.pause();
      }
    }, playEvery);
  }
}

function button(label: string, testId: string, run: () => void): HTMLButtonElement {
  return el('button', { class: 'button small', type: 'button', testId, on: { click: run } }, label);
}
