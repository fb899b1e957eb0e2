// Keeps the board fresh. It stands still while the page is hidden, and while somebody works in it by keyboard.
import "./board.scss";

const board = document.getElementById("board");

if (board) {
  const every = Number(board.dataset.refresh) * 1000;
  let last = Date.now();
  const refresh = () => {
    if (document.hidden || board.contains(document.activeElement) || Date.now() - last < every) return;
    last = Date.now();
    board.dispatchEvent(new Event("refresh"));
  };
  setInterval(refresh, 1000);
  document.addEventListener("visibilitychange", refresh);
}
