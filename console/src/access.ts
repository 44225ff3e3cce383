/** An operator's API key, where this server wants one. Kept as long as the tab is open, and nowhere else. */
const slot = 'pickstream-console-key'

export const accessKey = {
  get: (): string | null => sessionStorage.getItem(slot),
  set: (key: string) => sessionStorage.setItem(slot, key),
}

export const accessHeaders = (): Record<string, string> => {
  const key = accessKey.get()
  return key ? { 'x-api-key': key } : {}
}
