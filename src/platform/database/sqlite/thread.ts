import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.js';
import { MESSAGE_MAX, type ThreadData, type ThreadReply, type ThreadRequest } from './messages.js';

// The program of a thread that holds one connection. Requests come in lists and are answered in their order, in lists as well.

/** After this time, the replies that there are so far are sent, so that they don't wait for a long statement behind them. */
const REPLY_AFTER_MS = 1;

if (!parentPort) throw new Error('This is the program of a thread.');
const port = parentPort;
const connection = new Connection(workerData as ThreadData);
let turn: Promise<void> = Promise.resolve();

port.on('message', (requests: ThreadRequest[]) => {
  turn = turn.then(() => answer(requests));
});

async function answer(requests: ThreadRequest[]): Promise<void> {
  let replies: ThreadReply[] = [];
  let sentAtMs = performance.now();
  for (const request of requests) {
    replies.push(await connection.answer(request));
    if (replies.length < MESSAGE_MAX && performance.now() - sentAtMs < REPLY_AFTER_MS) continue;
    port.postMessage(replies);
    replies = [];
    sentAtMs = performance.now();
  }
  if (replies.length > 0) port.postMessage(replies);
}
