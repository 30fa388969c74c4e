using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>A script that uses much of SQL, run at the server and through the gateway: the same bytes come out, and the same errors.</summary>
[Collection(nameof(MySqlGateway))]
public sealed class MySqlScriptTests(MySqlGateway fixture)
{
    private const string Script = """
        DROP DATABASE IF EXISTS breadth; CREATE DATABASE breadth CHARACTER SET utf8mb4; USE breadth;
        CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT, u BIGINT UNSIGNED, d DECIMAL(30,10), f FLOAT, g DOUBLE, c CHAR(5), v VARCHAR(300),
          x TEXT, b BLOB, vb VARBINARY(20), bi BIT(9), da DATE, ti TIME(6), dt DATETIME(6), ts TIMESTAMP NULL, y YEAR, e ENUM('a','b'), s SET('x','y','z'), j JSON,
          KEY (v(10)), FULLTEXT (x)) ENGINE=InnoDB;
        INSERT INTO kinds VALUES (1, -128, 18446744073709551615, -12345678901234567890.0123456789, 1.5, 2.25e300, 'ab', 'käse 🧀', REPEAT('long ', 3000), x'00ff0a0d1a5c27', x'01', b'101010101',
          '2026-02-28', '-838:59:59.000000', '9999-12-31 23:59:59.999999', NULL, 2155, 'b', 'x,z', '{"k": [1, null, "v"]}');
        INSERT INTO kinds (t) VALUES (NULL), (0), (127); SELECT LAST_INSERT_ID(), ROW_COUNT();
        SELECT * FROM kinds; SELECT HEX(b), HEX(vb), bi + 0, LENGTH(x) FROM kinds; SELECT COUNT(*), SUM(t), GROUP_CONCAT(id ORDER BY id) FROM kinds GROUP BY t IS NULL WITH ROLLUP;
        UPDATE kinds SET t = t + 1 WHERE id > 2; INSERT INTO kinds (t) VALUES (1000); INSERT IGNORE INTO kinds (t) VALUES (1000); SHOW WARNINGS; SELECT @@warning_count, @@error_count;
        SELECT nothing; SELEC 1; SELECT * FROM absent; INSERT INTO kinds (id) VALUES (1); SELECT 1/0; SHOW WARNINGS; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'own words';
        CREATE TABLE child (id INT, kind INT, FOREIGN KEY (kind) REFERENCES kinds (id)); INSERT INTO child VALUES (1, 99); INSERT INTO child VALUES (1, 1); DELETE FROM kinds WHERE id = 1;
        START TRANSACTION; UPDATE kinds SET v = 'gone'; SAVEPOINT a; DELETE FROM child; ROLLBACK TO a; SELECT COUNT(*) FROM child; ROLLBACK; SELECT v FROM kinds WHERE id = 1;
        SELECT a.id, b.kind FROM kinds a LEFT JOIN child b ON a.id = b.kind ORDER BY 1; SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 1; SELECT id FROM kinds WHERE id IN (SELECT kind FROM child);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i, SUM(i) OVER (ORDER BY i) FROM n; VALUES (1, 'a'), (2, 'b');
        SELECT seq, MD5(seq), REPEAT(CHAR(65 + seq % 26), seq % 90) FROM mysql.seq_1_to_3000; SELECT '' AS empty, NULL AS nil, ' ' AS space, 'tab\there', 'line\nbreak', 'nul\0byte';
        CREATE VIEW seen AS SELECT id, t FROM kinds; SELECT * FROM seen; SHOW CREATE VIEW seen; SHOW CREATE TABLE kinds; DESCRIBE kinds; SHOW TABLES; SHOW INDEX FROM child; EXPLAIN SELECT * FROM child;
        CREATE SEQUENCE counter START 5; SELECT NEXTVAL(counter), NEXTVAL(counter); CREATE TEMPORARY TABLE brief (a INT); INSERT INTO brief VALUES (1) RETURNING a; DELETE FROM brief RETURNING a, a + 1;
        DELIMITER //
        CREATE PROCEDURE many(IN n INT, OUT total INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < n DO SELECT i AS turn; SET i = i + 1; END WHILE; SET total = i; SELECT 'a', 'b'; END//
        CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2//
        CREATE TRIGGER stamp BEFORE INSERT ON child FOR EACH ROW SET NEW.id = NEW.id * 10//
        CREATE PROCEDURE fails() BEGIN SELECT 1; SELECT 2; SELECT absent FROM nowhere; SELECT 3; END//
        BEGIN NOT ATOMIC DECLARE v INT DEFAULT 3; SELECT v; END//
        DELIMITER ;
        CALL many(4, @total); SELECT @total, twice(21); CALL fails(); INSERT INTO child VALUES (2, 1); SELECT * FROM child; CALL absent();
        PREPARE p FROM 'SELECT ? + ?, ?'; SET @a = 1, @b = 2, @c = NULL; EXECUTE p USING @a, @b, @c; EXECUTE p USING @a; DEALLOCATE PREPARE p; EXECUTE IMMEDIATE 'SELECT 7';
        HANDLER kinds OPEN; HANDLER kinds READ FIRST; HANDLER kinds CLOSE; LOCK TABLES child WRITE; SELECT COUNT(*) FROM child; UNLOCK TABLES; ANALYZE TABLE child; CHECK TABLE child; CHECKSUM TABLE child;
        SET NAMES latin1; SELECT v, HEX(v) FROM kinds WHERE id = 1; SET NAMES utf8mb4; SELECT _utf8mb4'é' COLLATE utf8mb4_bin = 'E'; SET sql_mode = 'ANSI_QUOTES'; SELECT "v" FROM kinds LIMIT 1; SET sql_mode = DEFAULT;
        SELECT JSON_EXTRACT(j, '$.k[2]'), JSON_TYPE(j) FROM kinds WHERE id = 1; SELECT ST_AsText(ST_GeomFromText('POINT(1 2)')), REGEXP_REPLACE('abc', 'b', 'x'), INET6_ATON('::1');
        SELECT SQL_CALC_FOUND_ROWS id FROM kinds LIMIT 1; SELECT FOUND_ROWS(); SELECT SLEEP(0), BENCHMARK(10, 1), GET_LOCK('breadth', 0), RELEASE_LOCK('breadth'); DO 1; KILL QUERY 4294967295; SHOW STATUS LIKE 'nothing%';
        XA START 'x'; UPDATE child SET id = 9; XA END 'x'; XA PREPARE 'x'; XA RECOVER; XA ROLLBACK 'x'; USE absent; USE mysql; SELECT DATABASE(); DROP DATABASE breadth;
        """;

    [Theory]
    [InlineData("--batch")]
    [InlineData("--table", "--column-type-info")]
    [InlineData("--batch", "--raw", "--quick")]
    public async Task Script_of_breadth_gives_the_same_bytes_with_and_without_the_gateway(params string[] options)
    {
        byte[] script = Encoding.UTF8.GetBytes(Script);
        using TempFolder files = new();
        string[] same = [.. options, "--force", "--default-character-set=utf8mb4", "--comments", "--show-warnings"];
        RunResult direct = await Run.ProgramAsync(
            "mariadb",
            ["--no-defaults", "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={fixture.Server.Port}"), "--user=writer", "--password=" + MySqlGateway.Password, "--ssl-ca=" + files.Write("ca.pem", fixture.Server.Ca.Pem), .. same, "shop"],
            script);
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");

        RunResult through = await tunnel.ProgramAsync("mariadb", script, same);

        Assert.Equal(direct.Error, through.Error);
        Assert.Equal(direct.Text, through.Text);
        Assert.Equal(direct.ExitCode, through.ExitCode);
        Assert.True(direct.Output.Length > 100_000, direct.ToString());
        Assert.Contains("Table 'breadth.absent' doesn't exist", direct.Error, StringComparison.Ordinal);
        Assert.True((await fixture.LoggedAsync()).Count > 100);
    }
}
