import { jest } from '@jest/globals';

// On a machine that may be busy with other things, what fails once has one more chance, and says so.
if (process.env.CI === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
