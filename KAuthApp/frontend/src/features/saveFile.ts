/** Gives the person a file to keep. It is made here: nothing is sent anywhere. */
export function saveFile(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // the browser takes its copy when the click is handled
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
