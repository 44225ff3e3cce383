import { pickstream } from './client.ts'
import css from './connection-banner.module.css'
import { useStore } from './persisted.ts'

/** Shows why lists cannot arrive. */
export function ConnectionBanner() {
  const connection = useStore(pickstream.connection)
  return (
    <div role="status">
      {connection === 'offline' && (
        <p className={css.banner}>
          <strong>You are offline.</strong> You can go on browsing: your actions are saved, and sent when the connection
          is back.
        </p>
      )}
      {connection === 'refused' && (
        <p className={css.banner}>
          <strong>This server requires credentials,</strong> and this demo page sends none. To try the page, start the
          server without the settings PICKSTREAM_ACCESS_….
        </p>
      )}
    </div>
  )
}
