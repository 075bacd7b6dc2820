import type { IOutput } from '@jupyterlab/nbformat';

/** What a cell showed, as text that people read. */
export interface ShownOutput {
  type: string;
  text: string;
}

const maxOutputs = 20;
const maxText = 4000;

/** The beginning of what a cell showed; pictures and the like by their media types. */
export function shownOutputs(outputs: IOutput[]): ShownOutput[] {
  return outputs.slice(0, maxOutputs).map(output => ({
    type: output.output_type,
    text: textOf(output).slice(0, maxText),
  }));
}

function textOf(output: IOutput): string {
  if (output.output_type === 'stream') {
    return joined(output['text']);
  }

  if (output.output_type === 'error') {
    return `${String(output['ename'])}: ${String(output['evalue'])}`;
  }

  const data = (output['data'] ?? {}) as Record<string, unknown>;
  const rich = Object.keys(data).filter(type => type !== 'text/plain' && type !== 'text/html');
  return rich.length > 0 ? `[${rich.join(', ')}]` : joined(data['text/plain']);
}

/** nbformat: a multi-line string may be a list of lines, each with its line break. */
function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
}
