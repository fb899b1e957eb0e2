// What every page loads: the theme, htmx, and small helpers that find their work by data- attributes.
// Reading and submitting works without any of it.
import "../styles/theme.scss";
import "./server.js";
import "bootstrap/js/src/offcanvas.js";
import "./confirm.js";
import "./fields.js";
import "./guard.js";
import "./keyboard.js";
import "./menus.js";
import "./messages.js";
import "./theme.js";

document.documentElement.classList.add("js");
