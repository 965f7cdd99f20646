import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { LinkPages } from './link-pages.service.js';
import { PagesController } from './pages.controller.js';

/** What people see who follow a link in a mail. */
@Module({ imports: [AccountsModule], controllers: [PagesController], providers: [LinkPages] })
export class PagesModule {}
