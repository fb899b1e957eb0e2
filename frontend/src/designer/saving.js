// Keeps the draft on the server: on Ctrl+S, and a few seconds after a change. Two people who edit one design are told.
import { make } from "../app/dom.js";
import { t } from "./texts.js";

const PAUSE = 4000;
const AGAIN = 15000;

const time = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

export class Saving {
  constructor(modeler, { state, url, post, revision, finish, load, download }) {
    Object.assign(this, { modeler, state, url, post, revision, finish, load, download });
    this.changes = 0;
    this.stored = 0;
    modeler.on("commandStack.changed", () => this.changed());
    window.addEventListener("beforeunload", (event) => {
      finish();
      if (!this.dirty) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  get dirty() {
    return this.changes !== this.stored;
  }

  tell(words, look = "") {
    this.state.textContent = words;
    this.state.className = look ? `t-${look}` : "t-muted";
  }

  changed() {
    this.changes += 1;
    if (!this.asking) this.tell(t("未保存"), "orange");
    this.in(PAUSE);
  }

  in(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** The drawing as it came from the server: nothing to save. */
  settled(revision) {
    this.revision = revision;
    this.stored = this.changes;
    clearTimeout(this.timer);
  }

  /** Send the drawing, one sending at a time; what changed meanwhile is sent next. Resolves to whether it is kept. */
  async save({ anyway = false } = {}) {
    this.finish();
    clearTimeout(this.timer);
    if (this.asking) return false;
    if (this.sending) return this.sending.then(() => this.save({ anyway }));
    if (!this.dirty && !anyway) {
      this.tell(this.state.textContent || t("没有改动"));
      return true;
    }
    this.sending = this.send(anyway);
    const kept = await this.sending;
    this.sending = null;
    if (kept && this.dirty) this.in(PAUSE);
    return kept;
  }

  async send(anyway) {
    const sent = this.changes;
    this.tell(t("正在保存…"));
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const answer = await this.post(this.url, { xml, revision: this.revision, anyway });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (answer.ok) {
        this.revision = told.revision;
        this.stored = sent;
        this.tell(this.dirty ? t("未保存") : t("已保存 {time}", { time: time(told.at) }), this.dirty ? "orange" : "green");
        return true;
      }
      if (answer.status === 409) {
        this.ask(told);
        return false;
      }
      this.tell(told.detail || t("没有保存：服务器答复 {status}", { status: answer.status }), "red");
    } catch {
      this.tell(t("没有保存：连不上服务器，稍后再试"), "red");
    }
    this.in(AGAIN);
    return false;
  }

  /** Somebody else saved since we read: nothing is lost whatever is chosen. */
  ask({ detail }) {
    this.asking = true;
    this.tell(t("未保存：有人先保存了"), "red");
    const act = (label, look, value) => make("button", { class: `btn ${look}`, value }, label);
    const form = make(
      "form",
      { method: "dialog" },
      make("h2", { class: "h5", id: "designer-conflict" }, t("别人先保存了")),
      make("p", {}, detail),
      make("p", { class: "form-text" }, t("选“用我的保存”时，对方的那一份会另外留存，不会丢。")),
      make(
        "div",
        { class: "designer-choices" },
        act(t("用对方的（放弃我的改动）"), "btn-quiet", "theirs"),
        act(t("下载我的一份"), "btn-quiet", "download"),
        act(t("用我的保存"), "btn-primary", "mine"),
      ),
    );
    const dialog = make("dialog", { class: "sw-dialog", "aria-labelledby": "designer-conflict" }, form);
    document.body.append(dialog);
    // Downloading is no decision yet.
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.value === "download") {
        event.preventDefault();
        this.download();
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.asking = false;
      if (dialog.returnValue === "mine") this.save({ anyway: true });
      else if (dialog.returnValue === "theirs") this.load();
    });
    dialog.showModal();
  }
}
