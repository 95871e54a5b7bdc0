import { appConfig } from '../../shared/frontend/build/appConfig'

export default appConfig('/auth/', { initialScriptKb: 90 })
