/** A permission to make API keys for a while. */
export class ServiceView {
  /**
   * A token that names the service (HS256, claims `serviceId`, `iat`, `exp`).
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  SERVICE_ID: string;
}
