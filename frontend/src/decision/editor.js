// The decision table editor of dmn-js without what we do not use: no FEEL editor, no drawing of requirements.
import Viewer from "dmn-js-decision-table/lib/Viewer";
import EditingManager from "dmn-js-shared/lib/base/EditingManager";
import addRule from "dmn-js-decision-table/lib/features/add-rule";
import annotations from "dmn-js-decision-table/lib/features/annotations/editor";
import cellSelection from "dmn-js-decision-table/lib/features/cell-selection";
import columnResize from "dmn-js-decision-table/lib/features/column-resize";
import contextMenu from "dmn-js-decision-table/lib/features/context-menu";
import copyCutPaste from "dmn-js-decision-table/lib/features/copy-cut-paste";
import copyCutPasteKeys from "dmn-js-decision-table/lib/features/copy-cut-paste/key-bindings";
import createInputs from "dmn-js-decision-table/lib/features/create-inputs";
import decisionRules from "dmn-js-decision-table/lib/features/decision-rules/editor";
import dragAndDrop from "dmn-js-decision-table/lib/features/drag-and-drop";
import editorActions from "dmn-js-decision-table/lib/features/editor-actions";
import head from "dmn-js-decision-table/lib/features/decision-table-head/editor";
import hitPolicy from "dmn-js-decision-table/lib/features/hit-policy/editor";
import keyboard from "dmn-js-decision-table/lib/features/keyboard";
import modeling from "dmn-js-decision-table/lib/features/modeling";
import properties from "dmn-js-decision-table/lib/features/decision-table-properties/editor";
import dataTypes from "dmn-js-shared/lib/features/data-types";
import expressionLanguages from "dmn-js-shared/lib/features/expression-languages";
import interactionEvents from "table-js/lib/features/interaction-events";
import selection from "table-js/lib/features/selection";
import tableMenu from "table-js/lib/features/context-menu";
import tableActions from "table-js/lib/features/editor-actions";

class TableEditor extends Viewer {
  getModules() {
    return [
      ...Viewer._getModules(),
      ...[addRule, annotations, cellSelection, columnResize, tableMenu, contextMenu, copyCutPaste, copyCutPasteKeys],
      ...[createInputs, dataTypes, decisionRules, dragAndDrop, tableActions, editorActions, expressionLanguages],
      ...[head, hitPolicy, interactionEvents, keyboard, modeling, properties, selection],
    ];
  }
}

/** Reads and writes DMN files with one table; `words` translates the editor's texts. */
export default class Editor extends EditingManager {
  constructor(container, words) {
    super({
      container,
      common: {
        // Cells are CEL; without the name of the language nothing of it is written into the file.
        expressionLanguages: { options: [{ value: "cel", label: "CEL" }], defaults: { editor: "cel" } },
      },
      decisionTable: { additionalModules: [{ translate: ["value", words] }] },
    });
  }

  _getViewProviders() {
    const opens = ({ decisionLogic }) => Boolean(decisionLogic && decisionLogic.$type === "dmn:DecisionTable");
    return [{ id: "decisionTable", constructor: TableEditor, opens }];
  }
}
