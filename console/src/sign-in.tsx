import { useState } from 'react'
import { accessKey } from './access.ts'
import { Panel } from './ui/panel.tsx'

/** Shown where the server refuses: it wants an operator's API key. */
export function SignIn() {
  const [key, setKey] = useState('')
  const again = accessKey.get() !== null
  return (
    <Panel title="This server wants an operator's key" note="It is kept until this tab is closed.">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          accessKey.set(key.trim())
          location.reload()
        }}
      >
        <label>
          API key{' '}
          <input
            type="password"
            autoComplete="off"
            required
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
        </label>{' '}
        <button type="submit" className="main">
          Enter
        </button>
      </form>
      {again && <p role="alert">The key that was given is not one of an operator.</p>}
    </Panel>
  )
}
