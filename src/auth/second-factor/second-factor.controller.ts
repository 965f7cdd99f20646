import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ErrorMessages } from '../../platform/http/surfaces/answers.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { OwnFactorsService } from './own-factors.service.js';
import { PasskeysService } from './passkeys.service.js';
import { RecoveryCodes } from './recovery-codes.js';
import {
  ConfirmedTotpView,
  ConfirmTotpBody,
  CreatePasskeyBody,
  NewPasskeyView,
  NewTotpView,
  OwnerBody,
  PASSKEY_ID,
  PasskeyOptionsView,
  RecoveryCodesView,
  SecondFactorView,
} from './second-factor.dto.js';
import { presentFactors, presentNewPasskey } from './second-factor.presenter.js';
import { TotpService } from './totp.service.js';

/** For every account, so that it can set up what it must have; never by key. */
const OwnAccount = (): MethodDecorator =>
  Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true });

const NOT_THE_OWNER = [
  'access.login_too_old',
  'password.current_missing',
  'password.current_wrong',
  'login.throttled',
  'unavailable',
] as const;

@Controller('api/v1/second-factor')
@PathParameter('id', ...PASSKEY_ID)
export class SecondFactorController {
  constructor(
    private readonly factors: OwnFactorsService,
    private readonly passkeys: PasskeysService,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly totp: TotpService,
  ) {}

  /** Read your second factors */
  @Get()
  @Answers('Which second factors your account has.')
  @OwnAccount()
  async readSecondFactor(@Caller() caller: Caller): Promise<SecondFactorView> {
    return presentFactors(await this.factors.read(caller));
  }

  /**
   * Set up an authenticator app
   *
   * Answers with a secret for the app (TOTP, RFC 6238), which comes into force when it is confirmed by a first code within an hour. Until
   * then, an app that you have already stays in force.
   */
  @Post('totp')
  @Answers('The secret for the app.')
  @Refuses(...NOT_THE_OWNER)
  @OwnAccount()
  createTotp(@Caller() caller: Caller, @Body() { currentPassword }: OwnerBody): Promise<NewTotpView> {
    return this.totp.begin(caller, currentPassword);
  }

  /**
   * Confirm an authenticator app
   *
   * By a first code. The app is in force from then on, and all your other sessions end.
   */
  @Post('totp/confirm')
  @HttpCode(200)
  @Answers('The recovery codes, if the app is your first second factor.')
  @Refuses('second_factor.not_found', 'second_factor.code_wrong')
  @ErrorMessages({ 'second_factor.not_found': { message: 'Begin with POST /api/v1/second-factor/totp' } })
  @OwnAccount()
  async confirmTotp(@Caller() caller: Caller, @Body() { code }: ConfirmTotpBody): Promise<ConfirmedTotpView> {
    return { recoveryCodes: await this.totp.confirm(caller, code) };
  }

  /** Remove your authenticator app */
  @Delete('totp')
  @HttpCode(204)
  @Answers('The app is not in force any longer.')
  @Refuses('second_factor.not_found', 'second_factor.demanded', ...NOT_THE_OWNER)
  @OwnAccount()
  deleteTotp(@Caller() caller: Caller, @Body() { currentPassword }: OwnerBody): Promise<void> {
    return this.totp.remove(caller, currentPassword);
  }

  /**
   * Replace your recovery codes
   *
   * The previous codes become invalid.
   */
  @Post('recovery-codes')
  @Answers('The new recovery codes.')
  @Refuses('second_factor.not_found', ...NOT_THE_OWNER)
  @OwnAccount()
  async createRecoveryCodes(
    @Caller() caller: Caller,
    @Body() { currentPassword }: OwnerBody,
  ): Promise<RecoveryCodesView> {
    return { recoveryCodes: await this.recoveryCodes.renew(caller, currentPassword) };
  }

  /**
   * Begin to register a passkey
   *
   * The options are valid for five minutes, on pages of the server's public URL.
   */
  @Post('passkeys/options')
  @HttpCode(200)
  @Answers('The options for the browser.')
  @Refuses('second_factor.limit_reached', ...NOT_THE_OWNER)
  @OwnAccount()
  async createPasskeyOptions(
    @Caller() caller: Caller,
    @Body() { currentPassword }: OwnerBody,
  ): Promise<PasskeyOptionsView> {
    return { publicKey: { ...(await this.passkeys.createOptions(caller, currentPassword)) } };
  }

  /**
   * Register a passkey
   *
   * It is in force from then on, and all your other sessions end.
   */
  @Post('passkeys')
  @Answers('The passkey, and the recovery codes if it is your first second factor.')
  @Refuses('second_factor.limit_reached', 'passkey.refused', 'passkey.taken')
  @OwnAccount()
  async createPasskey(
    @Caller() caller: Caller,
    @Body() { name, response }: CreatePasskeyBody,
  ): Promise<NewPasskeyView> {
    return presentNewPasskey(await this.passkeys.add(caller, name, response));
  }

  /** Remove a passkey */
  @Delete('passkeys/:id')
  @HttpCode(204)
  @Answers('The passkey has been removed.')
  @Refuses('second_factor.not_found', 'second_factor.demanded', ...NOT_THE_OWNER)
  @OwnAccount()
  deletePasskey(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Body() { currentPassword }: OwnerBody,
  ): Promise<void> {
    return this.passkeys.remove(caller, id, currentPassword);
  }
}
