import { ToolbarItems, type NotebookPanel } from '@jupyterlab/notebook';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

const buttons: [command: string, testId: string][] = [
  ['notebook:save', 'save-button'],
  ['cell:insert-below', 'insert-cell-button'],
  ['notebook:run-and-advance', 'run-button'],
  ['kernel:interrupt', 'interrupt-button'],
  ['kernel:restart', 'restart-button'],
  ['notebook:run-all', 'run-all-button'],
  ['cell:cut', 'cut-button'],
  ['cell:copy', 'copy-cell-button'],
  ['cell:paste', 'paste-button'],
  ['cell:delete', 'delete-cell-button'],
];

/** Fills the panel's toolbar; on a narrow page JupyterLab folds what does not fit into a menu. */
export function fillToolbar(panel: NotebookPanel, commands: CommandRegistry): void {
  for (const [id, testId] of buttons) {
    const button = new CommandToolbarButton({ commands, id, args: { toolbar: true } });
    button.node.dataset['testid'] = testId;
    panel.toolbar.addItem(id, button);
  }

  const cellType = ToolbarItems.createCellTypeItem(panel);
  cellType.node.dataset['testid'] = 'cell-type';
  panel.toolbar.addItem('cellType', cellType);
}
