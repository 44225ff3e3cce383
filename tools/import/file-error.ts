/** The whole file cannot be read, so nothing of it is sent. The message says what to do. */
export class FileError extends Error {
  override readonly name: string = 'FileError'
}

/** A value is ambiguous: the file is refused until an option decides how to read it. */
export class OptionNeededError extends Error {
  override readonly name = 'OptionNeededError'
}
