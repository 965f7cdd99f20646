// Serves as many keys as it is told, and prints its URL, its own key and theirs.
import { Keywright, OWN_KEY } from '../test/support/keywright.js';

const keywright = await Keywright.start();
const about = { name: 'Checkout of the shop in London', metadata: { plan: 'gold', customer: 4711 } };
const keys = Array.from({ length: Number(process.argv[2]) }, () => keywright.issue(about));
console.log(JSON.stringify({ url: keywright.url, key: OWN_KEY, keys }));
