import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onTheme } from '../app/theme';
import { el } from '../dom/element';
import { stateOf, type ExerciseState, type LearnerProgress } from './progress';

const rowHeight = 18;
const axisHeight = 26;
const nameWidth = 120;
const colors: Record<Exclude<ExerciseState, 'none'>, string> = {
  tried: '--chart-3',
  stuck: '--chart-2',
  solved: '--good',
};
const words: Record<ExerciseState, string> = {
  none: 'not started',
  tried: 'tried',
  stuck: 'stuck on one error',
  solved: 'solved',
};

/** A row for each learner, a column for each exercise. A click on a row opens the learner's work. */
export class HeatMap {
  readonly node = el('div', { class: 'heat-map', testId: 'heat-map', role: 'img' });
  private chart: uPlot | undefined;
  private learners: LearnerProgress[] = [];
  private exercises = 0;
  private names: string[] = [];
  private readonly resized = new ResizeObserver(() => this.resize());
  private readonly stopTheme: () => void;

  constructor(private readonly open: (learner: string) => void) {
    this.resized.observe(this.node);
    this.stopTheme = onTheme(() => this.chart && this.draw());
  }

  dispose(): void {
    this.stopTheme();
    this.resized.disconnect();
    this.chart?.destroy();
  }

  show(learners: LearnerProgress[], exercises: number, names: string[]): void {
    const sameSize = learners.length === this.learners.length && exercises === this.exercises;
    [this.learners, this.exercises, this.names] = [learners, exercises, names];
    this.node.setAttribute(
      'aria-label',
      `Progress of ${learners.length} learners in ${exercises} exercises; the list beside it has the sums.`,
    );
    if (this.chart && sameSize) {
      this.chart.redraw();
    } else {
      this.draw();
    }
  }

  private resize(): void {
    if (this.chart && this.node.clientWidth > 0 && this.chart.width !== this.node.clientWidth) {
      this.chart.setSize({ width: this.node.clientWidth, height: this.chart.height });
    }
  }

  private draw(): void {
    this.chart?.destroy();
    this.chart = undefined;
    if (this.node.clientWidth === 0 || this.learners.length === 0 || this.exercises === 0) {
      requestAnimationFrame(() => this.node.clientWidth > 0 && !this.chart && this.learners.length > 0 && this.draw());
      return;
    }

    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: color('--muted'),
      font: '11px system-ui, sans-serif',
      grid: { show: false },
      ticks: { show: false },
      gap: 4,
    };
    const rows = this.learners.length;
    const columns = this.exercises;
    const fills = Object.fromEntries(Object.entries(colors).map(([state, name]) => [state, color(name)]));
    this.chart = new uPlot(
      {
        mode: 2,
        width: this.node.clientWidth,
        height: rows * rowHeight + axisHeight,
        padding: [0, 4, 0, 0],
        legend: { show: false },
        cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: { x: { time: false, range: [-0.5, columns - 0.5] }, y: { dir: -1, range: [-0.5, rows - 0.5] } },
        axes: [
          {
            ...axis,
            side: 0,
            size: axisHeight,
            splits: () => Array.from({ length: columns }, (_, index) => index),
            values: (_plot, splits) => splits.map(index => String(index + 1)),
          },
          {
            ...axis,
            scale: 'y',
            size: nameWidth,
            splits: () => Array.from({ length: rows }, (_, index) => index),
            values: (_plot, splits) => splits.map(index => short(this.names[index] ?? '')),
          },
        ],
        series: [
          {},
          {
            facets: [
              { scale: 'x', auto: false },
              { scale: 'y', auto: false },
            ],
            paths: plot => {
              this.paint(plot, fills, color('--surface-3'));
              return null;
            },
          },
        ],
        hooks: { ready: [plot => this.listen(plot)] },
      },
      // What is painted is the learners' states; these points only span the plane.
      [null, [[0], [0]]] as unknown as uPlot.AlignedData,
      this.node,
    );
  }

  private paint(plot: uPlot, fills: Record<string, string>, empty: string): void {
    const { ctx } = plot;
    const width = plot.valToPos(1, 'x', true) - plot.valToPos(0, 'x', true);
    const height = plot.valToPos(1, 'y', true) - plot.valToPos(0, 'y', true);
    const gap = Math.max(1, Math.round(devicePixelRatio));
    ctx.save();
    this.learners.forEach((learner, row) => {
      const top = plot.valToPos(row, 'y', true) - height / 2;
      for (let column = 0; column < this.exercises; column++) {
        const left = plot.valToPos(column, 'x', true) - width / 2;
        ctx.fillStyle = fills[stateOf(learner, column)] ?? empty;
        ctx.fillRect(left + gap, top + gap, width - 2 * gap, height - 2 * gap);
      }
    });
    ctx.restore();
  }

  private listen(plot: uPlot): void {
    const at = (event: MouseEvent): [row: number, column: number] => {
      const box = plot.over.getBoundingClientRect();
      return [
        Math.round(plot.posToVal(event.clientY - box.top, 'y')),
        Math.round(plot.posToVal(event.clientX - box.left, 'x')),
      ];
    };
    plot.over.addEventListener('mousemove', event => {
      const [row, column] = at(event);
      const learner = this.learners[row];
      plot.over.title = learner
        ? `${this.names[row]}, exercise ${column + 1}: ${words[stateOf(learner, column)]}, ${learner.tries[column] ?? 0} tries`
        : '';
    });
    plot.over.addEventListener('click', event => {
      const learner = this.learners[at(event)[0]];
      if (learner) {
        this.open(learner.learner);
      }
    });
  }
}

function short(name: string): string {
  return name.length > 16 ? `${name.slice(0, 15)}…` : name;
}
