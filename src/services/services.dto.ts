import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min } from 'class-validator';

/** A permission to make API keys for a while. */
export class ServiceView {
  /**
   * A token that names the service (HS256, claims `serviceId`, `iat`, `exp`).
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  SERVICE_ID: string;
}

/** A key to make for the client. */
export class CreateClientKeyBody {
  /**
   * A Service ID that is still good; it makes as many keys as are wanted.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  @IsNotEmpty({ message: 'Service ID is required' })
  @IsString({ message: 'Service ID is required' })
  service_id: string;

  /**
   * Seconds until the key expires, a year at most; without it, never.
   * @example 2592000
   */
  @IsOptional()
  @IsInt({ message: 'Invalid expires_in' })
  @Min(1, { message: 'Invalid expires_in' })
  @Max(31_536_000, { message: 'Invalid expires_in' })
  expires_in?: number;
}

/** A key that was made; its credential is in the list. */
export class CreatedClientKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;
}
