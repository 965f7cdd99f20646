// Required before a program of a test: says at its end whether V8 gives objects of JSON with the same names one hidden class.
const { setFlagsFromString } = require('node:v8');

setFlagsFromString('--allow-natives-syntax');
const haveSameClass = new Function('one', 'other', 'return %HaveSameMap(one, other)');

process.on('exit', () => {
  for (const names of [1, 2, 3, 4, 8]) {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: names }, (_, index) => [`unseen${index}`, 1])));
    const answer = haveSameClass(JSON.parse(text), JSON.parse(text)) ? 'one' : 'several';
    console.log(`Hidden classes of objects with ${names} names: ${answer}`);
  }
});
