/** What may wait in a socket that its client does not read, beyond the message that is being written. */
const unsentBytesMax = 2 ** 20

/** Asked before more is sent. A close frame would wait behind the rest, so the socket is cut off. */
export function terminateIfBufferFull(socket: { readonly bufferedAmount: number; terminate(): void }): boolean {
  if (socket.bufferedAmount <= unsentBytesMax) return false
  socket.terminate()
  return true
}
