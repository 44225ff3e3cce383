import { useEffect, useRef, useState } from 'react'
import { useClient, useMutation } from 'urql'
import { type Issue, issuesOf, sayError } from '../client.ts'
import { PutRulesDocument, type RulesQuery } from '../generated/graphql.ts'
import page from '../page.module.css'
import { Outcome, Panel, Tag } from '../ui/panel.tsx'
import { lineOf } from './line-of.ts'
import { Preview } from './preview.tsx'
import css from './rules.module.css'

const checkAfterMs = 350
const example = `boosts:
  - { category: Camping, factor: 1.5 }
maxCategoryShare: 0.5
experiment:
  name: spread
  variants:
    - { name: control, share: 0.5 }
    - { name: wide, share: 0.5, rules: { maxCategoryShare: 0.25 } }
`

interface EditorProps {
  readonly current: RulesQuery['rules']
  readonly onPublished: () => void
}

/** Editor of rules as YAML: checked by the server during typing, published by a button. */
export function RulesEditor({ current, onPublished }: EditorProps) {
  /** undefined: nothing typed yet; rules published elsewhere are shown. */
  const [draft, setDraft] = useState<string>()
  const source = draft ?? current.source
  const text = useRef<HTMLTextAreaElement>(null)
  const check = useCheck(source)
  const [publishing, publish] = useMutation(PutRulesDocument)
  const changed = source !== current.source
  const valid = check.state === 'valid' && check.of === source

  const goTo = (path: string) => {
    const [from, to] = lineOf(source, path)
    text.current?.focus()
    text.current?.setSelectionRange(from, to)
  }

  return (
    <div className={page.columns}>
      <Panel
        title="Business rules"
        note="YAML. Published rules apply to the next read, and open pages get the new list within a second."
        tools={<Tag>{current.version === 0 ? 'none published yet' : `version ${current.version}`}</Tag>}
      >
        <textarea
          ref={text}
          className={css.source}
          aria-label="Business rules, YAML"
          aria-invalid={check.issues.length > 0}
          aria-describedby="rules-check"
          spellCheck={false}
          autoCapitalize="off"
          rows={Math.min(Math.max(source.split('\n').length + 1, 14), 32)}
          value={source}
          placeholder={`# no rules: for example\n${example}`}
          onChange={({ target }) => setDraft(target.value)}
        />
        <div id="rules-check" role="status" className={css.check} data-state={check.state}>
          {check.state === 'checking' && 'Checking …'}
          {check.state === 'valid' && (changed || current.version === 0 ? 'Valid.' : 'Valid and published.')}
          {check.state === 'failed' && check.message}
          {check.state === 'invalid' && (
            <>
              {check.issues.length} {check.issues.length === 1 ? 'problem' : 'problems'}
              <ul>
                {check.issues.map(({ path, message }) => (
                  <li key={path + message}>
                    <button type="button" onClick={() => goTo(path)}>
                      <code>{path}</code>
                    </button>{' '}
                    {message}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        <div className={css.buttons}>
          <button
            type="button"
            className="main"
            disabled={!changed || !valid || publishing.fetching}
            onClick={async () => {
              const { error } = await publish({ source, dryRun: false })
              if (!error) onPublished()
            }}
          >
            Publish
          </button>
          <button type="button" disabled={!changed} onClick={() => setDraft(undefined)}>
            Discard changes
          </button>
          {source.trim() === '' && (
            <button type="button" onClick={() => setDraft(example)}>
              Begin with an example
            </button>
          )}
        </div>
        <Outcome bad={publishing.error !== undefined}>
          {publishing.error && sayError(publishing.error)}
          {publishing.data && !changed && `Version ${publishing.data.putRules.version} is published.`}
        </Outcome>
      </Panel>
      <Preview source={source} valid={valid} />
    </div>
  )
}

interface Check {
  readonly state: 'checking' | 'valid' | 'invalid' | 'failed'
  readonly issues: readonly Issue[]
  /** The source that was checked; the present one may differ. */
  readonly of?: string
  readonly message?: string
}

/** The server's check of the rules, shortly after the last keystroke. */
function useCheck(source: string): Check {
  const client = useClient()
  const [check, setCheck] = useState<Check>({ state: 'checking', issues: [] })
  useEffect(() => {
    let overtaken = false
    const timer = setTimeout(async () => {
      setCheck((before) => ({ ...before, state: before.state === 'invalid' ? 'invalid' : 'checking' }))
      const { error } = await client.mutation(PutRulesDocument, { source, dryRun: true }).toPromise()
      if (overtaken) return
      const issues = issuesOf(error)
      if (!error) setCheck({ state: 'valid', issues, of: source })
      else setCheck({ state: issues.length > 0 ? 'invalid' : 'failed', issues, message: sayError(error) })
    }, checkAfterMs)
    return () => {
      overtaken = true
      clearTimeout(timer)
    }
  }, [client, source])
  return check
}
