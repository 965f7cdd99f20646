import type { Type } from '@nestjs/common';

/** Gets a service of the application that the example is created with. */
export type UseService = <T>(service: Type<T>) => T;
