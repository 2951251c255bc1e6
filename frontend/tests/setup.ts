// A repeated timer outlives the window of its test file, and fails the run if it comes then.
import { afterAll } from "vitest";

const repeat = window.setInterval.bind(window);
const timers: number[] = [];

window.setInterval = ((handler: TimerHandler, milliseconds?: number) => {
  const timer = repeat(handler, milliseconds);
  timers.push(timer);
  return timer;
}) as typeof window.setInterval;

afterAll(() => {
  timers.forEach((timer) => window.clearInterval(timer));
});
