// Required before a program of a test: says at its end whether V8 gives objects of JSON with the same names one hidden class, at first, and of the body of a verification after
// as many other names as V8 remembers.
const { setFlagsFromString } = require('node:v8');

setFlagsFromString('--allow-natives-syntax');
setFlagsFromString('--expose-gc');
const haveSameClass = new Function('one', 'other', 'return %HaveSameMap(one, other)');
const collectGarbage = require('node:vm').runInNewContext('gc');

const NAMES_MAX = 1536;

const classesOf = (text) => (haveSameClass(JSON.parse(text), JSON.parse(text)) ? 'one' : 'several');

process.on('exit', () => {
  for (const names of [1, 2, 3, 4, 8]) {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: names }, (_, index) => [`unseen${index}`, 1])));
    console.log(`Hidden classes of objects with ${names} names: ${classesOf(text)}`);
  }
  collectGarbage();
  const others = Array.from({ length: NAMES_MAX }, (_, index) => JSON.parse(`{"other${index}":1}`));
  console.log(`Hidden classes of unseen objects beside ${others.length} others: ${classesOf('{"late":1}')}`);
  console.log(`Hidden classes of bodies beside ${others.length} others: ${classesOf('{"key":"some"}')}`);
});
