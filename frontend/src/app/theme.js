// [data-theme-switch] changes between light and dark; a cookie lets the server draw the right one at once.
import { on } from "./dom.js";

const year = 365 * 24 * 3600;

on("click", "[data-theme-switch]", () => {
  const root = document.documentElement;
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  document.cookie = `theme=${theme};path=/;max-age=${year};samesite=lax`;
});
