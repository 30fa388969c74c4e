namespace PamTui.Sql.Commands;

internal static class CommandHelp
{
    public const string Text = """
        \d [NAME]          tables, views, sequences; of one its columns, indexes, keys
        \dt \dv \dm \di \ds [PATTERN]   tables, views, materialized views, indexes, sequences
        \df [PATTERN]      functions          \dn [PATTERN]   schemas
        \du [PATTERN]      roles, users       \l [PATTERN]    databases
        \c [DATABASE]      connect to another database; none: to the account's own
        \conninfo          whom you are to which database
        \x [on|off]        a line for each value; for one statement: end it in \gx or \G
        \timing [on|off]   how long each statement takes
        \pset format aligned|csv|json
        \export csv|json QUERY          the result of a query as CSV or JSON
        \q, Ctrl-D         leave
        Statements end in ;  Ctrl-C cancels the one that runs.
        In a pattern * stands for anything, ? for a character.
        In a terminal: Tab completes, Up and Ctrl-R bring back what was typed,
        long results are read with space, j, k, h, l, /, q.

        """;
}
