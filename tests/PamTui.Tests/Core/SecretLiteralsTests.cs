using CsCheck;
using PamTui.Core.Statements;

namespace PamTui.Tests.CoreTests;

public sealed class SecretLiteralsTests
{
    [Theory]
    [InlineData("ALTER ROLE bob PASSWORD 'canary'", "ALTER ROLE bob PASSWORD '***'")]
    [InlineData("create user bob with encrypted password 'ca''nary' VALID UNTIL '2027-01-01'", "create user bob with encrypted password '***' VALID UNTIL '2027-01-01'")]
    [InlineData("CREATE ROLE bob LOGIN PASSWORD E'ca\\'nary'; SELECT 'seen'", "CREATE ROLE bob LOGIN PASSWORD '***'; SELECT 'seen'")]
    [InlineData("ALTER USER bob PASSWORD $$canary$$", "ALTER USER bob PASSWORD '***'")]
    [InlineData("ALTER USER bob PASSWORD $x$ca$$nary$x$ VALID UNTIL 'infinity'", "ALTER USER bob PASSWORD '***' VALID UNTIL 'infinity'")]
    [InlineData("ALTER USER bob PASSWORD U&'canary' UESCAPE '!'", "ALTER USER bob PASSWORD '***' UESCAPE '!'")]
    [InlineData("ALTER USER bob PASSWORD/* 'x' */--y\n'canary'\n'canary'", "ALTER USER bob PASSWORD/* 'x' */--y\n'***'\n'***'")]
    [InlineData("ALTER USER bob PASSWORD /* a /* b */ */ 'canary", "ALTER USER bob PASSWORD /* a /* b */ */ '***'")]
    [InlineData("ALTER USER bob PASSWORD NULL; SELECT 'seen'", "ALTER USER bob PASSWORD NULL; SELECT 'seen'")]
    [InlineData("CREATE USER MAPPING FOR bob SERVER s OPTIONS (user 'u', password 'canary')", "CREATE USER MAPPING FOR bob SERVER s OPTIONS (user 'u', password '***')")]
    [InlineData("SELECT * FROM dblink('host=h user=u password=canary dbname=d', 'SELECT 1')", "SELECT * FROM dblink('host=h user=u password=*** dbname=d', 'SELECT 1')")]
    [InlineData("SELECT dblink_connect('host=h password = ''can ary'' port=1')", "SELECT dblink_connect('host=h password = ***')")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'postgresql://u:canary@h:5432/d' PUBLICATION p", "CREATE SUBSCRIPTION s CONNECTION 'postgresql://u:***@h:5432/d' PUBLICATION p")]
    [InlineData("DO $$ BEGIN EXECUTE 'ALTER ROLE bob PASSWORD ''canary'''; ALTER ROLE x PASSWORD 'canary'; END $$", "DO $$ BEGIN EXECUTE 'ALTER ROLE bob PASSWORD ***'; ALTER ROLE x PASSWORD '***'; END $$")]
    [InlineData("UPDATE users SET \"password\" = 'canary', name = 'seen'", "UPDATE users SET \"password\" = '***', name = 'seen'")]
    [InlineData("SELECT set_config('app.password', 'canary', false)", "SELECT set_config('app.password', '***', false)")]
    [InlineData("INSERT INTO t VALUES ('{\"user\": \"u\", \"password\": \"canary\"}', 'seen')", "INSERT INTO t VALUES ('{\"user\": \"u\", \"password\"***', 'seen')")]
    [InlineData("-- ALTER ROLE bob PASSWORD 'canary'\nSELECT 'seen'", "-- ALTER ROLE bob PASSWORD ***\nSELECT 'seen'")]
    [InlineData("SELECT 'C:\\', password FROM t WHERE name = 'seen'", "SELECT 'C:\\', password FROM t WHERE name = 'seen'")]
    [InlineData("CREATE FUNCTION identified() RETURNS int AS $$SELECT 1$$ LANGUAGE sql", "CREATE FUNCTION identified() RETURNS int AS $$SELECT 1$$ LANGUAGE sql")]
    public void Of_PostgreSql_is_kept(string given, string kept) => Assert.Equal(kept, new SecretLiterals(isMySql: false).Of(given).Text);

    [Theory]
    [InlineData("CREATE USER 'bob'@'%' IDENTIFIED BY 'canary' REQUIRE SUBJECT '/CN=x'", "CREATE USER 'bob'@'%' IDENTIFIED BY '***' REQUIRE SUBJECT '/CN=x'")]
    [InlineData("create user a identified by \"can\\\"ary\", b identified by 'canary'", "create user a identified by '***', b identified by '***'")]
    [InlineData("ALTER USER a IDENTIFIED WITH caching_sha2_password AS 0x2443616E617279", "ALTER USER a IDENTIFIED WITH caching_sha2_password AS '***'")]
    [InlineData("ALTER USER a IDENTIFIED WITH 'mysql_native_password' BY 'canary' REPLACE 'canary' COMMENT 'seen'", "ALTER USER a IDENTIFIED WITH 'mysql_native_password' BY '***' REPLACE '***' COMMENT 'seen'")]
    [InlineData("ALTER USER a IDENTIFIED VIA unix_socket OR ed25519 USING PASSWORD('canary') OR x USING 'canary'", "ALTER USER a IDENTIFIED VIA unix_socket OR ed25519 USING PASSWORD('***') OR x USING '***'")]
    [InlineData("GRANT ALL ON x.* TO a IDENTIFIED BY PASSWORD '*CANARY'", "GRANT ALL ON x.* TO a IDENTIFIED BY PASSWORD '***'")]
    [InlineData("SET PASSWORD FOR 'bob'@'%' = 'canary'", "SET PASSWORD FOR 'bob'@'%' = '***'")]
    [InlineData("SET PASSWORD FOR bob = PASSWORD('canary')", "SET PASSWORD FOR bob = PASSWORD('***')")]
    [InlineData("SET PASSWORD = 'canary' REPLACE 'canary' RETAIN CURRENT PASSWORD", "SET PASSWORD = '***' REPLACE '***' RETAIN CURRENT PASSWORD")]
    [InlineData("CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='canary', MASTER_PORT=1", "CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='***', MASTER_PORT=1")]
    [InlineData("CREATE USER a /*!80000 IDENTIFIED /* x */ BY # y\n'canary' */", "CREATE USER a /*!80000 IDENTIFIED /* x */ BY # y\n'***' */")]
    [InlineData("/*M! CREATE USER a IDENTIFIED BY _utf8mb4'canary' */", "/*M! CREATE USER a IDENTIFIED BY '***' */")]
    [InlineData("CREATE USER a IDENTIFIED BY 'can' 'ary'", "CREATE USER a IDENTIFIED BY '***' '***'")]
    [InlineData("SELECT 'it\\'s', OLD_PASSWORD('canary'), 'seen'", "SELECT 'it\\'s', OLD_PASSWORD('***'), 'seen'")]
    [InlineData("PREPARE s FROM 'CREATE USER a IDENTIFIED BY ''canary'''", "PREPARE s FROM 'CREATE USER a IDENTIFIED***'")]
    [InlineData("SELECT 5--3, `password` FROM t WHERE `name` = 'seen'", "SELECT 5--3, `password` FROM t WHERE `name` = 'seen'")]
    [InlineData("ALTER USER a PASSWORD EXPIRE INTERVAL 90 DAY COMMENT 'seen'", "ALTER USER a PASSWORD EXPIRE INTERVAL 90 DAY COMMENT 'seen'")]
    public void Of_MySql_is_kept(string given, string kept) => Assert.Equal(kept, new SecretLiterals(isMySql: true).Of(given).Text);

    [Theory]
    [InlineData(true, "SET PASSWORD FOR a = PASSWORD(?)", true)]
    [InlineData(false, "UPDATE users SET password = $1 WHERE id = $2", true)]
    [InlineData(false, "SELECT password FROM users WHERE id = $1", false)]
    public void Value_that_stands_for_a_password_is_known(bool isMySql, string text, bool takes) => Assert.Equal(takes, new SecretLiterals(isMySql).Of(text).TakesValue);

    [Fact]
    public void Text_without_any_of_these_words_is_the_same_text()
    {
        const string Text = "SELECT 'a', $$b$$ FROM \"c\" -- d";

        Assert.Same(Text, new SecretLiterals(isMySql: false).Of(Text).Text);
    }

    [Theory]
    [InlineData(false, Backslash.Escape, @"ALTER ROLE a PASSWORD 'x\'canary'; SELECT 'seen'", "ALTER ROLE a PASSWORD '***'; SELECT 'seen'")]
    [InlineData(false, Backslash.Character, @"ALTER ROLE a PASSWORD 'canary\'; SELECT 'seen'", "ALTER ROLE a PASSWORD '***'; SELECT 'seen'")]
    [InlineData(false, Backslash.Unsure, @"ALTER ROLE a PASSWORD 'x\'canary'; SELECT 'seen'", "ALTER ROLE a PASSWORD '***'; SELECT 'seen'")]
    [InlineData(false, Backslash.Unsure, @"ALTER ROLE a PASSWORD 'canary\'; ALTER ROLE b PASSWORD 'canary'; SELECT 'seen'", "ALTER ROLE a PASSWORD '***'; SELECT 'seen'")]
    [InlineData(false, Backslash.Escape, @"DO $$ BEGIN ALTER ROLE a PASSWORD 'x\'canary'; END $$", "DO $$ BEGIN ALTER ROLE a PASSWORD '***'; END $$")]
    [InlineData(false, Backslash.Unsure, @"SELECT E'\'', password FROM t WHERE name = 'seen'", @"SELECT E'\'', password FROM t WHERE name = 'seen'")]
    [InlineData(true, Backslash.Character, @"CREATE USER a IDENTIFIED BY 'canary\' COMMENT 'seen'", "CREATE USER a IDENTIFIED BY '***' COMMENT 'seen'")]
    [InlineData(true, Backslash.Escape, @"CREATE USER a IDENTIFIED BY 'x\'canary' COMMENT 'seen'", "CREATE USER a IDENTIFIED BY '***' COMMENT 'seen'")]
    [InlineData(true, Backslash.Character, @"SELECT '\'; CREATE USER a IDENTIFIED BY 'canary'", @"SELECT '\'; CREATE USER a IDENTIFIED BY '***'")]
    [InlineData(true, Backslash.Unsure, @"SELECT '\'; CREATE USER a IDENTIFIED BY 'canary'; DO 1", @"SELECT '\'; CREATE USER a IDENTIFIED***'***'; DO 1")]
    public void Literal_ends_where_the_setting_of_the_session_says_and_in_doubt_more_is_taken(bool isMySql, Backslash backslash, string given, string kept) =>
        Assert.Equal(kept, new SecretLiterals(isMySql).Of(given, backslash).Text);

    [Fact]
    public void Any_text_is_read_to_its_end_and_code_outside_of_literals_is_never_taken()
    {
        string[] code = ["PASSWORD", " ", "\n", "IDENTIFIED BY", "=", "(", ";", "?", "$1", "drop_table", "ł", "SET", "AS", "pwd"];
        string[] any = [.. code, "'", "''", "\"", "`", "$$", "$x$", "E'", "U&'", "/*", "*/", "/*!8", "--", "#", "\\", "://u:p@", "0x1f", "password="];

        Pieces(any).Sample((text, isMySql) => Assert.All(Enum.GetValues<Backslash>(), one => Assert.True(new SecretLiterals(isMySql).Of(text, one).Text.Length <= (5 * text.Length) + 8)), iter: 20_000);
        Pieces(code).Sample((text, isMySql) => Assert.Equal(text, new SecretLiterals(isMySql).Of(text).Text), iter: 2_000);

        static Gen<(string Text, bool IsMySql)> Pieces(string[] from) =>
            Gen.Int[0, from.Length - 1].Array[0, 12].Select(Gen.Bool, (some, isMySql) => (string.Concat(some.Select(one => from[one])), isMySql));
    }
}
