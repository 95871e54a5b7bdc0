import { mountApp } from '@k/ui'
import '@k/ui/styles.css'
import { Pages } from './routes'
import { catalog } from './text/text'

mountApp({ catalog, app: <Pages /> })
