export interface ClientTypes {
  app: string
  document: URL
  types: URL
}
export const CLIENTS: readonly ClientTypes[]
export function renderTypes(client: ClientTypes): Promise<string>
