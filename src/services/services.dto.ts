/** A permission to create API keys for a limited time. */
export class ServiceView {
  /**
   * A token that names the service (HS256, claims `serviceId`, `iat`, `exp`).
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  SERVICE_ID: string;
}
