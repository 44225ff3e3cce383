import css from './app.module.css'
import { BasketPage } from './basket-page.tsx'
import { CatalogPage } from './catalog-page.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { ForYou } from './for-you.tsx'
import { Header } from './header.tsx'
import { ProductPage } from './product-page.tsx'
import { useRoute } from './router.tsx'
import { useShopper } from './shopper.ts'

export function App() {
  const route = useRoute()
  const shopper = useShopper()
  return (
    <>
      <a className={css.skip} href="#main">
        Skip to the shop
      </a>
      <Header />
      <ConnectionBanner />
      <div className={css.columns} data-page={route.page === 'catalog' && route.search ? 'results' : route.page}>
        <main id="main" className={css.main}>
          {route.page === 'catalog' && <CatalogPage search={route.search} category={route.category} />}
          {route.page === 'item' && <ProductPage key={route.id} id={route.id} />}
          {route.page === 'basket' && <BasketPage />}
        </main>
        <ForYou key={shopper.id} userId={shopper.id} />
      </div>
      <footer className={css.footer}>
        <p>
          This is an example page: its pictures are drawn, and nothing is shipped. The lists are real: Pickstream
          computes them while you click. <a href="/console">Open the console</a>
        </p>
      </footer>
    </>
  )
}
