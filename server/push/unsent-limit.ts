/**
 * Maximum bytes that may wait in a socket whose client does not read, in addition to the message that is being written.
 */
const unsentBytesMax = 2 ** 20

/** To be called before more is sent. Terminates the socket, because a close frame would wait behind the other bytes. */
export function terminateIfBufferFull(socket: { readonly bufferedAmount: number; terminate(): void }): boolean {
  if (socket.bufferedAmount <= unsentBytesMax) return false
  socket.terminate()
  return true
}
