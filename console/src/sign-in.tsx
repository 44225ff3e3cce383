import { useState } from 'react'
import { accessKey } from './access.ts'
import { Panel } from './ui/panel.tsx'

/** Shown where the server requires an operator's API key. */
export function SignIn() {
  const [key, setKey] = useState('')
  const again = accessKey.get() !== null
  return (
    <Panel title="This server requires an operator's API key" note="The key is kept until this tab is closed.">
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
          Sign in
        </button>
      </form>
      {again && <p role="alert">This key is not an operator's.</p>}
    </Panel>
  )
}
