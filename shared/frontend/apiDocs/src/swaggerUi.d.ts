declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    url: string
    domNode: Element
    deepLinking: boolean
    tryItOutEnabled: boolean
    validatorUrl: null
    requestInterceptor: (request: { headers: Record<string, string> }) => { headers: Record<string, string> }
  }

  export default function SwaggerUIBundle(options: Options): unknown
}
