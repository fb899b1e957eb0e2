// [data-theme-switch] changes between light and dark; a cookie lets the server draw the right one at once.
// Until it is used the system's own setting counts, which the style sheet knows.
import { on } from "./dom.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const year = 365 * 24 * 3600;

on("click", "[data-theme-switch]", () => {
  const root = document.documentElement;
  const now = root.dataset.bsTheme || (dark.matches ? "dark" : "light");
  const theme = now === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  document.cookie = `theme=${theme};path=/;max-age=${year};samesite=lax`;
});
