import { useEffect, useRef, useState } from 'react'
import css from './header.module.css'
import { Link, navigate, paths, useRoute } from './router.tsx'
import { useBasket } from './shopper.ts'
import { ShopperMenu } from './shopper-menu.tsx'

export function Header() {
  const count = Object.values(useBasket()).reduce((sum, quantity) => sum + quantity, 0)
  return (
    <header className={css.header}>
      <Link href={paths.catalog({})} className={css.home}>
        <img src="./favicon.svg" alt="" width="28" height="28" /> Marigold
      </Link>
      <Search />
      <Link href={paths.basket} className={css.basket}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 9h18l-2 11H5L3 9Zm5 0 3-6m5 6-3-6" />
        </svg>
        <span className={css.label}>Basket</span>
        {count > 0 && (
          <span className={css.count}>
            {count} <span className="unseen">{count === 1 ? 'item' : 'items'}</span>
          </span>
        )}
      </Link>
      <ShopperMenu />
    </header>
  )
}

const typingMs = 200

function Search() {
  const route = useRoute()
  const inAddress = route.page === 'catalog' ? route.search : ''
  const category = route.page === 'catalog' ? route.category : undefined
  const [text, setText] = useState(inAddress)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { search: address } = location
  // Back, forward and links change the address; typing is ahead of it, also by a space at the end. A search that is still
  // waiting must not replace the page that was opened meanwhile.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an item that is opened changes the address alone
  useEffect(() => {
    setText((typed) => (typed.trim() === inAddress ? typed : inAddress))
    return () => clearTimeout(timer.current)
  }, [inAddress, address])

  const search = (value: string) => {
    clearTimeout(timer.current)
    if (value.trim() === inAddress) return
    navigate(paths.catalog({ search: value.trim(), category }), { replace: route.page === 'catalog' })
  }

  return (
    <search className={css.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          search(text)
        }}
      >
        <input
          type="search"
          aria-label="Search the shop"
          placeholder="Search the shop"
          maxLength={100}
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            clearTimeout(timer.current)
            timer.current = setTimeout(() => search(target.value), typingMs)
          }}
        />
      </form>
    </search>
  )
}
