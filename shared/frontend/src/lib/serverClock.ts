/** The server's idea of now, learned from `Date` headers: a device with a wrong clock still counts down rightly. */
class ServerClock {
  private offsetMs = 0

  now(): number {
    return Date.now() + this.offsetMs
  }

  observe(response: Response): Response {
    const serverMs = Date.parse(response.headers.get('Date') ?? '')
    if (Number.isNaN(serverMs)) return response
    const difference = serverMs - Date.now()
    // the header has whole seconds; a smaller difference is rounding and travel
    this.offsetMs = Math.abs(difference) < 2_000 ? 0 : difference
    return response
  }
}

export const serverClock = new ServerClock()
