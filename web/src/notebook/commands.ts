import type { SessionContextDialogs } from '@jupyterlab/apputils';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import {
  addIcon,
  copyIcon,
  cutIcon,
  deleteIcon,
  fastForwardIcon,
  pasteIcon,
  refreshIcon,
  runIcon,
  saveIcon,
  stopIcon,
} from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { toastError } from '../dom/toast';
import type { Completion } from './completion';
import { keyBindings } from './keys';

type Command = Pick<CommandRegistry.ICommandOptions, 'icon'> & { label: string; run: () => unknown };

/** Everything that a key or a toolbar button can do to the notebook. */
export function createCommands(
  panel: NotebookPanel,
  completion: Completion,
  dialogs: SessionContextDialogs,
): CommandRegistry {
  const { content, context, sessionContext } = panel;
  const inCode = (act: () => void) => () => content.activeCell?.model.type === 'code' && act();
  const all: Record<string, Command> = {
    'completer:invoke': { label: 'Complete', run: inCode(() => completion.handler.invoke()) },
    'completer:select': {
      label: 'Take the completion',
      run: inCode(() => completion.handler.completer.selectActive()),
    },
    'notebook:save': { label: 'Save', icon: saveIcon, run: () => context.save() },
    'notebook:run': { label: 'Run', run: () => NotebookActions.run(content, sessionContext, dialogs) },
    'notebook:run-and-advance': {
      label: 'Run the cell and go to the next (Shift+Enter)',
      icon: runIcon,
      run: () => NotebookActions.runAndAdvance(content, sessionContext, dialogs),
    },
    'notebook:run-and-insert': {
      label: 'Run and insert below',
      run: () => NotebookActions.runAndInsert(content, sessionContext, dialogs),
    },
    'notebook:run-all': {
      label: 'Run all cells',
      icon: fastForwardIcon,
      run: () => NotebookActions.runAll(content, sessionContext, dialogs),
    },
    'kernel:interrupt': {
      label: 'Interrupt the kernel',
      icon: stopIcon,
      run: () => sessionContext.session?.kernel?.interrupt(),
    },
    'kernel:restart': { label: 'Restart the kernel', icon: refreshIcon, run: () => dialogs.restart(sessionContext) },
    'kernel:select': { label: 'Choose a kernel', run: () => dialogs.selectKernel(sessionContext) },
    'cell:insert-below': {
      label: 'Insert a cell below (B)',
      icon: addIcon,
      run: () => NotebookActions.insertBelow(content),
    },
    'cell:insert-above': { label: 'Insert a cell above', run: () => NotebookActions.insertAbove(content) },
    'cell:delete': {
      label: 'Delete the cell (D, D)',
      icon: deleteIcon,
      run: () => NotebookActions.deleteCells(content),
    },
    'cell:cut': { label: 'Cut the cell (X)', icon: cutIcon, run: () => NotebookActions.cut(content) },
    'cell:copy': { label: 'Copy the cell (C)', icon: copyIcon, run: () => NotebookActions.copy(content) },
    'cell:paste': { label: 'Paste below (V)', icon: pasteIcon, run: () => NotebookActions.paste(content) },
    'cell:undo': { label: 'Undo', run: () => NotebookActions.undo(content) },
    'cell:redo': { label: 'Redo', run: () => NotebookActions.redo(content) },
    'cell:merge': { label: 'Merge cells', run: () => NotebookActions.mergeCells(content) },
    'cell:split': { label: 'Split the cell', run: () => NotebookActions.splitCell(content) },
    'cell:to-code': { label: 'Code', run: () => NotebookActions.changeCellType(content, 'code') },
    'cell:to-markdown': { label: 'Markdown', run: () => NotebookActions.changeCellType(content, 'markdown') },
    'select:below': { label: 'Next cell', run: () => NotebookActions.selectBelow(content) },
    'select:above': { label: 'Previous cell', run: () => NotebookActions.selectAbove(content) },
    'select:extend-below': { label: 'Select below too', run: () => NotebookActions.extendSelectionBelow(content) },
    'select:extend-above': { label: 'Select above too', run: () => NotebookActions.extendSelectionAbove(content) },
    'mode:edit': { label: 'Edit the cell', run: () => (content.mode = 'edit') },
    'mode:command': { label: 'Leave the cell', run: () => (content.mode = 'command') },
  };

  const commands = new CommandRegistry();
  for (const [id, { label, run, icon }] of Object.entries(all)) {
    commands.addCommand(id, {
      label: args => (args['toolbar'] ? '' : label),
      caption: label,
      ...(icon ? { icon } : {}),
      execute: () => Promise.resolve(run()).catch(shown),
    });
  }

  keyBindings.forEach(binding => commands.addKeyBinding(binding));
  return commands;
}

/** What JupyterLab has shown in a dialog or a cell already is not said twice. */
function shown(error: unknown): void {
  const name = error instanceof Error ? error.name : '';
  if (!['ModalCancelError', 'ModalDuplicateError', 'ResponseError'].includes(name)) {
    toastError(error);
  }
}
