import java.io.StringReader;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.Properties;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGStatement;

/** java -cp postgresql.jar Client.java PORT: what an application does with a database, a line for each. */
public final class Client {
    private static String url;

    public static void main(String[] arguments) throws Exception {
        url = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/shop";
        try (Connection connection = open("prepareThreshold", "5", "reWriteBatchedInserts", "true")) {
            prepared(connection);
            values(connection);
            batches(connection);
            transactions(connection);
            large(connection);
            copies(connection);
            notifications(connection);
            timeout(connection);
        }

        try (Connection connection = open("preferQueryMode", "simple"); PreparedStatement one = connection.prepareStatement("select ?::int + 1")) {
            one.setInt(1, 41);
            System.out.println("simple " + first(one));
        }
    }

    private static Connection open(String... settings) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", "whoever");
        properties.put("password", "nonsense");
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }

        return DriverManager.getConnection(url, properties);
    }

    /** The first five times without a name, from then on by a statement that the server keeps, with values in binary. */
    private static void prepared(Connection connection) throws SQLException {
        try (PreparedStatement twice = connection.prepareStatement("select ?::int * 2")) {
            StringBuilder line = new StringBuilder("prepared");
            for (int n = 1; n <= 8; n++) {
                twice.setInt(1, n);
                line.append(' ').append(first(twice));
            }

            System.out.println(line + " server " + twice.unwrap(PGStatement.class).isUseServerPrepare());
        }
    }

    private static void values(Connection connection) throws SQLException {
        String sql = "select ?::bigint, ?::text, ?::bytea, ?::float8, ?::numeric, ?::uuid, ?::timestamptz at time zone 'UTC', ?::int[], ?::int";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < 7; i++) {
                statement.setLong(1, -7_000_000_000L);
                statement.setString(2, "Gr\u00fc\u00dfe 'x'");
                statement.setBytes(3, new byte[] {1, 0, -1});
                statement.setDouble(4, 1.5);
                statement.setBigDecimal(5, new java.math.BigDecimal("12345678901234567890.5"));
                statement.setObject(6, UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
                statement.setObject(7, java.time.OffsetDateTime.parse("2026-02-03T04:05:06.789Z"));
                statement.setArray(8, connection.createArrayOf("int4", new Integer[] {1, null, 3}));
                statement.setNull(9, Types.INTEGER);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    if (i % 6 == 0) {
                        System.out.println("values " + row.getLong(1) + ' ' + row.getString(2) + ' ' + Arrays.toString(row.getBytes(3)) + ' ' + row.getDouble(4) + ' ' + row.getBigDecimal(5)
                            + ' ' + row.getObject(6) + ' ' + row.getObject(7, java.time.LocalDateTime.class) + ' ' + Arrays.toString((Object[]) row.getArray(8).getArray()) + ' ' + row.getObject(9));
                    }
                }
            }
        }
    }

    private static void batches(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temp table things (id int primary key, name text)");
        }

        try (PreparedStatement insert = connection.prepareStatement("insert into things values (?, ?)")) {
            for (int n = 1; n <= 1000; n++) {
                insert.setInt(1, n);
                insert.setString(2, "thing " + n);
                insert.addBatch();
            }

            System.out.println("batch " + insert.executeBatch().length);
            for (int n : new int[] {2001, 1, 2002}) {
                insert.setInt(1, n);
                insert.setString(2, "again");
                insert.addBatch();
            }

            insert.executeBatch();
        } catch (BatchUpdateException e) {
            System.out.println("batch error " + e.getNextException().getSQLState());
        }

        System.out.println("things " + first(connection, "select count(*) from things"));
    }

    private static void transactions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("delete from things where id > 10");
            Savepoint kept = connection.setSavepoint("kept");
            try {
                statement.executeUpdate("select 1 / 0");
            } catch (SQLException e) {
                System.out.println("error " + e.getSQLState());
            }

            try {
                statement.executeQuery("select 1");
            } catch (SQLException e) {
                System.out.println("error " + e.getSQLState());
            }

            connection.rollback(kept);
            System.out.println("within " + first(connection, "select count(*) from things"));
            connection.rollback();
            System.out.println("after " + first(connection, "select count(*) from things"));
            connection.commit();
        }
    }

    /** By a portal, a thousand rows at a time; it lives in a transaction. */
    private static void large(Connection connection) throws SQLException {
        long sum = 0;
        int rows = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1000);
            try (ResultSet result = statement.executeQuery("select n, repeat('x', 200) from generate_series(1, 50500) n")) {
                while (result.next()) {
                    sum += result.getInt(1) + result.getString(2).length() - 200;
                    rows++;
                }
            }
        }

        connection.commit();
        connection.setAutoCommit(true);
        try (PreparedStatement length = connection.prepareStatement("select octet_length(?), md5(?) = md5(?)")) {
            byte[] value = new byte[20_000_000];
            Arrays.fill(value, (byte) 7);
            length.setBytes(1, value);
            length.setBytes(2, value);
            length.setBytes(3, value);
            System.out.println("large " + rows + ' ' + sum + ' ' + first(length));
        }
    }

    private static void copies(Connection connection) throws Exception {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder rows = new StringBuilder();
        for (int n = 5001; n <= 25_000; n++) {
            rows.append(n).append("\tcopied ").append(n).append('\n');
        }

        System.out.println("copy in " + copy.copyIn("copy things from stdin", new StringReader(rows.toString())));
        try {
            copy.copyIn("copy things from stdin", new StringReader("wrong\tline\n"));
        } catch (SQLException e) {
            System.out.println("copy error " + e.getSQLState());
        }

        StringWriter out = new StringWriter();
        System.out.println("copy out " + copy.copyOut("copy (select * from things where id > 5000 order by id) to stdout", out) + ' ' + out.toString().contentEquals(rows));
    }

    private static void notifications(Connection connection) throws SQLException {
        try (Connection other = open(); Statement listen = connection.createStatement(); Statement notify = other.createStatement()) {
            listen.execute("listen news");
            notify.execute("notify news, 'heard'");
            PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(30_000);
            System.out.println("notification " + heard[0].getParameter());
        }
    }

    /** A CancelRequest on a connection of its own. */
    private static void timeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            try {
                statement.execute("select pg_sleep(60)");
            } catch (SQLException e) {
                System.out.println("timeout " + e.getSQLState());
            }
        }

        System.out.println("still " + first(connection, "select current_user"));
    }

    private static Object first(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return first(statement);
        }
    }

    private static Object first(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getObject(1);
        }
    }
}
