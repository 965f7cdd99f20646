import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { LinkPages } from './link-pages.service.js';
import { PagesController } from './pages.controller.js';
import { Forms } from './render-form.js';

/** What people see who follow a link in a mail. */
@Module({ imports: [AccountsModule], controllers: [PagesController], providers: [Forms, LinkPages] })
export class PagesModule {}
