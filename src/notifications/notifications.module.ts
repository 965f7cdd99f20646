import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../accounts/account.entity.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ChoicesService } from './choices.service.js';
import { MailOutbox } from './mail-outbox.js';
import { MailSender } from './mail-sender.js';
import { Mail } from './mail.entity.js';
import { NotificationChoice } from './notification-choice.entity.js';
import { NotificationsController } from './notifications.controller.js';
import { Notifier } from './notifier.js';
import { OldMails } from './old-mails.js';

/** Notifications by mail. It listens to the audit trail, and no module depends on it. */
@Module({
  imports: [AccountsModule, TypeOrmModule.forFeature([Account, Mail, NotificationChoice])],
  controllers: [NotificationsController],
  providers: [ChoicesService, MailOutbox, MailSender, Notifier, OldMails],
})
export class NotificationsModule {}
