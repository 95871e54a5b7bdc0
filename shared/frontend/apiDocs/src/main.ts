import 'swagger-ui-dist/swagger-ui.css'
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js'

const isAdmin = location.pathname.startsWith('/api/admin/')
const root = document.querySelector('#api')

if (root !== null) {
  SwaggerUIBundle({
    url: isAdmin ? '/api/admin/openapi.json' : '/api/openapi.json',
    domNode: root,
    deepLinking: true,
    tryItOutEnabled: false,
    validatorUrl: null,
    requestInterceptor: (request) => request,
  })
}
