import { useRef, useState } from 'react'
import css from './header.module.css'
import { demoShoppers, isGuest, logIn, logOut, type Shopper, useShopper } from './shopper.ts'

/** Who is shopping: a guest who may log in, or one of the demo's shoppers. */
export function ShopperMenu() {
  const shopper = useShopper()
  const guest = isGuest(shopper)
  const menu = useRef<HTMLDivElement>(null)
  const [problem, setProblem] = useState<string>()

  const choose = async (next: Shopper) => {
    try {
      await logIn(next)
      setProblem(undefined)
      menu.current?.hidePopover()
    } catch {
      setProblem('You could not be logged in. Are you offline?')
    }
  }

  return (
    <div className={css.shopper}>
      <button type="button" popoverTarget="shoppers" className={css.account}>
        <Portrait shopper={shopper} />
        <span className="unseen">Shopping as</span> <span className={css.label}>{shopper.name}</span>
      </button>
      <div ref={menu} id="shoppers" popover="auto" className={css.menu}>
        <h2>{guest ? 'Log in as' : 'Switch to'}</h2>
        {guest && <p>Your history and basket as a guest are kept.</p>}
        <ul>
          {demoShoppers.map((other) => (
            <li key={other.id}>
              <button type="button" aria-current={other.id === shopper.id || undefined} onClick={() => choose(other)}>
                <Portrait shopper={other} />
                <span>
                  {other.name} <small>{other.likes}</small>
                </span>
              </button>
            </li>
          ))}
          {!guest && (
            <li>
              <button
                type="button"
                onClick={() => {
                  logOut()
                  menu.current?.hidePopover()
                }}
              >
                <Portrait shopper={{ id: 'guest-', name: 'Guest' }} />
                <span>
                  Log out <small>Continue as a new guest</small>
                </span>
              </button>
            </li>
          )}
        </ul>
        <p role="alert">{problem}</p>
      </div>
    </div>
  )
}

function Portrait({ shopper }: { shopper: Shopper }) {
  return (
    <span className={css.portrait} data-guest={isGuest(shopper) || undefined} aria-hidden="true">
      {isGuest(shopper) ? '?' : shopper.name[0]}
    </span>
  )
}
