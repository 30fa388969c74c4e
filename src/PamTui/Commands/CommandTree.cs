using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PamTui.Demo;
using PamTui.Hosting;

namespace PamTui.Commands;

/// <summary>The verbs of design section 4. Only the nouns that are among the words are filled in: a command line starts quickly.</summary>
internal static class CommandTree
{
    private const string About = """
        Privileged access management in the terminal.

        Without a verb: the full-screen TUI; the first run makes the vault.
        Exit: 0 done, 1 refused or failed, 2 wrong usage, 3 no such thing, 4 not allowed.
        """;

    public static Command Build(CommandContext context, IReadOnlyList<string> words) => Grow(context, words);

    /// <summary>With every verb filled in.</summary>
    public static Command Whole(CommandContext context) => Grow(context, null);

    // Null: all of it.
    private static Verb Grow(CommandContext context, IReadOnlyList<string>? words)
    {
        Verb root = new("pamtui", About);
        Globals globals = new();
        if (!context.IsRemote)
        {
            root.Add(globals.Data);
            root.Add(globals.Config);
        }

        root.Add(globals.Json);
        root.Add(globals.Yes);
        root.Add(new HelpOption("--help", "-h", "-?") { Action = new Help(context.Width), Recursive = true });
        Option<bool> version = new("--version") { Description = "Print the version" };
        version.Action = new PrintVersion(context.Output);
        root.Add(version);

        root.Runs(context, TuiRun.RunAsync);
        root.Add(InitVerb.Build(context));
        root.Add(GatewayVerb.Build(context));
        root.Add(DemoVerb.Build(context));
        root.Add(ConnectVerb.Build(context));
        Noun("resource", "Systems to reach: Linux, PostgreSQL and MySQL servers", ResourceVerbs.Fill);
        Noun("account", "Credentials on a resource", AccountVerbs.Fill);
        Noun("filter", "Filters that you keep under names, for `account list @NAME`", FilterVerbs.Fill);
        Noun("draft", "Forms of the full screen that you have not finished", DraftVerbs.Fill);
        Noun("settings", "What you set for yourself, such as the colours of the full screen", SettingsVerbs.Fill);
        Noun("user", "People and services who sign in to the gateway", UserVerbs.Fill);
        Noun("group", "Groups of users", GroupVerbs.Fill);
        Noun("grant", "Who may do what on which accounts", GrantVerbs.Fill);
        Noun("policy", "When credentials change by themselves", PolicyVerbs.Fill);
        Noun("rotation", "Rotations that are due", RoundVerbs.Fill);
        Noun("session", "Sessions that the gateway brokers", SessionVerbs.Fill);
        Noun("audit", "What was done, by whom, from where", AuditVerbs.Fill);
        Noun("ca", "The gateway's own SSH CA, which signs the certificates of accounts without a stored credential", CaVerbs.Fill);
        Noun("vault", "The vault's keys and copies", VaultVerbs.Fill, VaultVerbs.LocalOnly);
        root.Add(ImportVerb.Build(context));
        root.Add(ExportVerb.Build(context));
        root.Add(AttentionVerb.Build(context));
        root.Add(DoctorVerb.Build(context));
        root.Add(CompletionVerb.Build(context));
        root.Add(CompletionVerb.BuildHidden(context, () => Whole(context)));
        root.Add(VersionVerb.Build(context));
        return root;

        void Noun(string name, string help, Action<Verb, CommandContext> fill, string? localOnly = null)
        {
            Verb noun = new(name, help) { LocalOnly = localOnly };
            if (words is null || words.Contains(name))
            {
                fill(noun, context);
            }

            root.Add(noun);
        }
    }

    private sealed class PrintVersion(TextWriter output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine("pamtui " + VersionVerb.Version);
            return 0;
        }
    }
}
