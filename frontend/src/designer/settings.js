// Our settings: `spiffworkflow:property` pairs inside an element's extensionElements. Every change is one undoable step.
const PROPERTIES = "spiffworkflow:Properties";

const extensions = (thing) => (thing.get("extensionElements") && thing.get("extensionElements").get("values")) || [];

/** The settings of a moddle element as a plain object. */
export function settingsOf(thing) {
  const box = extensions(thing).find(({ $type }) => $type === PROPERTIES);
  const pairs = (box && box.get("properties")) || [];
  return Object.fromEntries(pairs.map((pair) => [pair.get("name"), pair.get("value") || ""]));
}

export class Settings {
  constructor(modeler) {
    this.factory = modeler.get("bpmnFactory");
    this.modeling = modeler.get("modeling");
    this.commandStack = modeler.get("commandStack");
  }

  create(type, attributes, parent) {
    const made = this.factory.create(type, attributes);
    made.$parent = parent;
    return made;
  }

  /** Set (or with a blank value take away) settings of `thing`, which `element` shows. */
  write(element, thing, changes) {
    const kept = { ...settingsOf(thing), ...changes };
    const pairs = Object.entries(kept).filter(([, value]) => value !== "" && value !== undefined && value !== null);
    const others = extensions(thing).filter(({ $type }) => $type !== PROPERTIES);
    let extensionElements;
    if (pairs.length || others.length) {
      extensionElements = this.create("bpmn:ExtensionElements", { values: [] }, thing);
      const values = [...others];
      if (pairs.length) {
        const box = this.create(PROPERTIES, {}, extensionElements);
        box.properties = pairs.map(([name, value]) => this.create("spiffworkflow:Property", { name, value: String(value) }, box));
        values.push(box);
      }
      extensionElements.values = values;
    }
    this.update(element, thing, { extensionElements });
  }

  /** Change attributes or children of any moddle element. */
  update(element, thing, properties) {
    this.modeling.updateModdleProperties(element, thing, properties);
  }

  /** Run several changes so that one undo takes them all back. */
  together(...acts) {
    this.commandStack.execute("designer.together", { acts });
  }

  /** A formal expression as a child of `parent`; nothing for a blank text. */
  expression(text, parent) {
    return text ? this.create("bpmn:FormalExpression", { body: text }, parent) : undefined;
  }
}
