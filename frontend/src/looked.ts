// Until when the user has looked: in the browser, for each card's filters.

const PREFIX = "camera-push-looked-";

export function lookedUntil(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export function setLookedUntil(name: string, at: string): void {
  try {
    localStorage.setItem(PREFIX + name, at);
  } catch {
    // A browser that stores nothing shows no line.
  }
}
