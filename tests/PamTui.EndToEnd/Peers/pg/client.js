'use strict';
// node client.js PORT: what an application does with a database, a line for each.
const { Client, Pool } = require('pg');

const settings = { host: '127.0.0.1', port: Number(process.argv[2]), user: 'whoever', database: 'shop' };

async function main() {
  const client = new Client(settings);
  const notices = [];
  client.on('notice', (notice) => notices.push(notice.message));
  await client.connect();
  const who = await client.query('select current_user as who');
  console.log('user', who.rows[0].who);
  const values = await client.query('select $1::int as n, $2::text as t, $3::jsonb as j, $4::bytea as b, $5::text as missing', [7, "it's", { a: [1] }, Buffer.from([1, 255]), null]);
  console.log('values', JSON.stringify(values.rows[0]));
  for (const n of [1, 2, 3]) {
    const named = await client.query({ name: 'double', text: 'select $1::int * 2 as twice', values: [n] });
    console.log('named', named.rows[0].twice);
  }
  await client.query("do $$ begin raise notice 'noticed'; end $$");
  console.log('notices', notices.join());
  try {
    await client.query('select 1 / $1::int', [0]);
  } catch (error) {
    console.log('error', error.code);
  }
  const told = new Promise((resolve) => client.on('notification', (notification) => resolve(notification.payload)));
  await client.query('listen news');
  await client.query("notify news, 'heard'");
  console.log('notification', await told);
  await client.end();

  const pool = new Pool({ ...settings, max: 4 });
  const sums = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.query('select sum(g) as s from generate_series(1, $1::int) g', [n * 100])));
  console.log('pool', sums.reduce((sum, result) => sum + Number(result.rows[0].s || 0), 0));
  await pool.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
