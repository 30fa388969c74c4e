// node client.js PORT LOGIN KEY FOLDER [HOST]: a command with input, a terminal, sftp; with HOST all of it behind a jump.
const fs = require('fs');
const { createHash } = require('crypto');
const { Client } = require('ssh2');

const [port, login, keyFile, folder, host] = process.argv.slice(2);
const privateKey = fs.readFileSync(keyFile);
const shown = fs.readFileSync(folder + '/host_key', 'utf8').trim();
const hostVerifier = key => 'SHA256:' + createHash('sha256').update(key).digest('base64').replace(/=+$/, '') === shown;

function collect(stream) {
  return new Promise((resolve, reject) => {
    const out = [], err = [];
    stream.on('data', data => out.push(data));
    stream.stderr.on('data', data => err.push(data));
    stream.on('error', reject);
    stream.on('close', (code, signal) => resolve([Buffer.concat(out).toString(), Buffer.concat(err).toString(), code, signal ?? null]));
  });
}

const call = (object, method, ...values) =>
  new Promise((resolve, reject) => object[method](...values, (error, value) => error ? reject(error) : resolve(value)));

function connect(options) {
  const client = new Client();
  return new Promise((resolve, reject) => client.on('ready', () => resolve(client)).on('error', reject).connect({ hostVerifier, ...options }));
}

async function run() {
  const outer = await connect({ host: '127.0.0.1', port: Number(port), username: login, privateKey });
  let client = outer;
  if (host) {
    client = await connect({ sock: await call(outer, 'forwardOut', '127.0.0.1', 0, host, 22), username: 'nobody' });
  }

  const exec = await call(client, 'exec', 'cat; echo err >&2; exit 7');
  exec.end('in\n');
  console.log(JSON.stringify(await collect(exec)));

  const killed = await call(client, 'exec', 'kill -TERM $$');
  console.log((await collect(killed))[3]);

  const shell = await call(client, 'shell', { term: 'xterm', cols: 70, rows: 20 });
  shell.write("PS1=; stty -echo; echo size-$(stty size | tr ' ' x); exit 3\n");
  const [text, , code] = await collect(shell);
  console.log(text.includes('size-20x70'), code);

  const sftp = await call(client, 'sftp');
  const content = Buffer.alloc(3000000, 'x');
  await call(sftp, 'writeFile', folder + '/ssh2', content);
  const back = await call(sftp, 'readFile', folder + '/ssh2');
  console.log((await call(sftp, 'stat', folder + '/ssh2')).size, content.equals(back));
  client.end();
  outer.end();
}

run().catch(error => { console.error(error); process.exit(1); });
