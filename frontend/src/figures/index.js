// Only the style of the figures' page; the curves come drawn from the server.
import "./figures.scss";
