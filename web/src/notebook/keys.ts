import type { CommandRegistry } from '@lumino/commands';

type Binding = CommandRegistry.IKeyBindingOptions;

const notebook = '.jp-Notebook';
const editing = '.jp-Notebook.jp-mod-editMode';
const commanding = '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus';

/** Jupyter's own keys, so that nobody has to learn them again. */
export const keyBindings: Binding[] = [
  on(`${editing} .jp-mod-completer-enabled`, ['Tab'], 'completer:invoke'),
  on('.jp-mod-completer-active', ['Enter'], 'completer:select'),
  on(notebook, ['Ctrl Enter'], 'notebook:run'),
  on(notebook, ['Shift Enter'], 'notebook:run-and-advance'),
  on(notebook, ['Alt Enter'], 'notebook:run-and-insert'),
  on('.notebook-view', ['Accel S'], 'notebook:save'),
  on(editing, ['Escape'], 'mode:command'),
  on(editing, ['Ctrl Shift -'], 'cell:split'),
  on(commanding, ['Enter'], 'mode:edit'),
  on(commanding, ['A'], 'cell:insert-above'),
  on(commanding, ['B'], 'cell:insert-below'),
  on(commanding, ['D', 'D'], 'cell:delete'),
  on(commanding, ['X'], 'cell:cut'),
  on(commanding, ['C'], 'cell:copy'),
  on(commanding, ['V'], 'cell:paste'),
  on(commanding, ['Z'], 'cell:undo'),
  on(commanding, ['Shift Z'], 'cell:redo'),
  on(commanding, ['Shift M'], 'cell:merge'),
  on(commanding, ['Y'], 'cell:to-code'),
  on(commanding, ['M'], 'cell:to-markdown'),
  on(commanding, ['J'], 'select:below'),
  on(commanding, ['ArrowDown'], 'select:below'),
  on(commanding, ['K'], 'select:above'),
  on(commanding, ['ArrowUp'], 'select:above'),
  on(commanding, ['Shift J'], 'select:extend-below'),
  on(commanding, ['Shift ArrowDown'], 'select:extend-below'),
  on(commanding, ['Shift K'], 'select:extend-above'),
  on(commanding, ['Shift ArrowUp'], 'select:extend-above'),
  on(commanding, ['I', 'I'], 'kernel:interrupt'),
  on(commanding, ['0', '0'], 'kernel:restart'),
];

function on(selector: string, keys: string[], command: string): Binding {
  return { selector, keys, command };
}
