/** An operator's API key, where the server requires one. Kept in sessionStorage until the tab is closed. */
const slot = 'pickstream-console-key'

export const accessKey = {
  get: (): string | null => sessionStorage.getItem(slot),
  set: (key: string) => sessionStorage.setItem(slot, key),
}

export const accessHeaders = (): Record<string, string> => {
  const key = accessKey.get()
  return key ? { 'x-api-key': key } : {}
}
