/**
 * Runs a callback of the application. An exception is reported as uncaught (`window.onerror`; in Node on the console)
 * instead of being thrown here, where it would end the connection of all watches, or stop the queue of events.
 */
export function runCallback(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
    else console.error('Pickstream: a callback threw:', error)
  }
}
