// node client.js PORT: mysql2 through a tunnel, without user and password: texts, prepared statements, several results, errors, a pool, what is refused.
const mysql = require('mysql2/promise');

const [port] = process.argv.slice(2);
const options = { host: '127.0.0.1', port: Number(port), user: 'nobody', password: 'nothing', multipleStatements: true };

async function code(promise) {
  try {
    await promise;
    return 'nothing';
  } catch (error) {
    return `${error.errno} ${error.code}`;
  }
}

async function run() {
  const one = await mysql.createConnection(options);
  console.log(JSON.stringify((await one.query('SELECT 1 AS a, ? AS b', ['käse']))[0]));
  await one.query('CREATE OR REPLACE TABLE n (id INT, name VARCHAR(20), data BLOB)');
  for (const row of [[1, 'one', Buffer.from([0, 255])], [2, null, null]]) {
    console.log((await one.execute('INSERT INTO n VALUES (?, ?, ?)', row))[0].affectedRows);
  }
  console.log(JSON.stringify((await one.execute('SELECT id, name, HEX(data) AS d FROM n WHERE id < ? ORDER BY id', [9]))[0]));
  console.log(JSON.stringify((await one.query('SELECT 1 AS x; SELECT 2 AS x UNION SELECT 3'))[0]));
  console.log(await code(one.query('SELECT absent')));
  console.log(await code(one.changeUser({ user: 'root', password: '' })));
  await one.end();
  const pool = mysql.createPool({ ...options, connectionLimit: 3 });
  console.log(JSON.stringify((await Promise.all(Array.from({ length: 30 }, (_, at) => pool.execute('SELECT ? + 1 AS n', [at])))).map(result => Number(result[0][0].n))));
  await pool.end();
}

run().catch(error => { console.error(error); process.exit(1); });
