import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onTheme } from '../app/theme';
import { el } from '../dom/element';
import type { TimelinePoint } from './activity';

/** Executions, failures and questions over time. */
export class TimelineChart {
  readonly node = el('div', {
    class: 'chart',
    testId: 'timeline-chart',
    role: 'img',
    'aria-label': 'Executions, failures and questions over time',
  });
  private chart: uPlot | undefined;
  private data: uPlot.AlignedData = [[], [], [], []];
  private readonly resized = new ResizeObserver(() => this.resize());
  private readonly stopTheme: () => void;

  constructor() {
    this.resized.observe(this.node);
    // A canvas does not follow CSS variables, so the chart is made anew in the other colours.
    this.stopTheme = onTheme(() => this.chart && this.draw());
  }

  dispose(): void {
    this.stopTheme();
    this.resized.disconnect();
    this.chart?.destroy();
  }

  show(timeline: TimelinePoint[]): void {
    this.data = [
      timeline.map(point => Date.parse(point.time) / 1000),
      timeline.map(point => point.executions),
      timeline.map(point => point.failures),
      timeline.map(point => point.questions),
    ];
    if (this.chart) {
      this.chart.setData(this.data);
    } else {
      this.draw();
    }
  }

  private resize(): void {
    if (this.chart && this.node.clientWidth > 0) {
      this.chart.setSize({ width: this.node.clientWidth, height: this.chart.height });
    }
  }

  private draw(): void {
    this.chart?.destroy();
    this.chart = undefined;
    if (this.node.clientWidth === 0) {
      requestAnimationFrame(() => this.node.isConnected && !this.chart && this.draw());
      return;
    }

    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const line = (label: string, name: string, filled: boolean): uPlot.Series => ({
      label,
      stroke: color(name),
      width: 2,
      value: (_plot, value: number | null) => value ?? '',
      ...(filled ? { fill: `${color(name)}22` } : {}),
      points: { show: false },
    });
    const axis: uPlot.Axis = {
      stroke: color('--muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: color('--border'), width: 1 },
      ticks: { show: false },
    };
    this.chart = new uPlot(
      {
        width: this.node.clientWidth,
        height: 200,
        scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
        axes: [
          axis,
          { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000] },
        ],
        series: [
          {},
          line('Runs', '--chart-1', true),
          line('Failures', '--chart-2', true),
          line('Questions', '--chart-3', false),
        ],
        cursor: { y: false },
      },
      this.data,
      this.node,
    );
  }
}
