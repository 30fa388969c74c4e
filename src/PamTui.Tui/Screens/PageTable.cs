using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>A screen in the table of screens.</summary>
/// <param name="Name">As places name it, and as it is typed in the palette.</param>
/// <param name="Title">For the palette and the help; empty: it is about something and cannot be gone to by itself.</param>
internal sealed record PageKind(string Name, string Title, Func<TuiSession, Workplace, Place, Page> Make)
{
    /// <summary>The key that goes there from everywhere.</summary>
    public string Key { get; init; } = "";

    /// <summary>Why this person has no use for it; null: he may go there.</summary>
    public Func<Workplace, string?> WhyNot { get; init; } = static _ => null;
}

/// <summary>All screens: a new one is a line here.</summary>
internal static class PageTable
{
    public const string Home = "home";
    public const string Browse = "browse";
    public const string Accounts = PlaceName.Accounts;
    public const string Resources = "resources";
    public const string Account = PlaceName.Account;
    public const string Resource = PlaceName.Resource;
    public const string Sessions = "sessions";
    public const string Statements = "statements";
    public const string Audit = "audit";
    public const string Import = "import";
    public const string Users = "users";
    public const string User = "user";
    public const string Groups = "groups";
    public const string Group = "group";
    public const string Grants = "grants";
    public const string Settings = "settings";

    public static IReadOnlyList<PageKind> All { get; } =
    [
        new(Home, "favourites, what you used, what needs you, your sessions", static (session, work, place) => new HomePage(session, work, place)) { Key = "1" },
        new(Browse, "resources with their accounts beside them", static (session, work, place) => new BrowsePage(session, work, place)) { Key = "b" },
        new(Accounts, "all accounts, one a row: sort, columns, marks", static (session, work, place) => new AccountsPage(session, work, place)) { Key = "2" },
        new(Resources, "all resources, one a row: sort, columns, marks", static (session, work, place) => new ResourcesPage(session, work, place)) { Key = "3" },
        new(Sessions, "live and ended: end one, with a reason", static (session, work, place) => new SessionsPage(session, work, place)) { Key = "4" },
        new(Audit, "what was done, by whom, from where", static (session, work, place) => new AuditPage(session, work, place)) { Key = "5", WhyNot = static work => work.AdminOnly },
        new(Users, "who may sign in: add, disable, keys, groups, password", static (session, work, place) => new UsersPage(session, work, place)) { Key = "6", WhyNot = static work => work.AdminOnly },
        new(Groups, "groups of users and their members", static (session, work, place) => new GroupsPage(session, work, place)) { Key = "7", WhyNot = static work => work.AdminOnly },
        new(Grants, "who may do what on which accounts, until when, and why", static (session, work, place) => new GrantsPage(session, work, place)) { Key = "8", WhyNot = static work => work.AdminOnly },
        new(Settings, "theme, all keys, host keys of the gateway, version", static (session, work, place) => new SettingsPage(session, work, place)) { Key = "9" },
        new(User, "", static (session, work, place) => new PersonPage(session, work, place)),
        new(Group, "", static (session, work, place) => new PersonPage(session, work, place)),
        new(Import, "many resources, accounts or host keys from a CSV, an ssh_config, a known_hosts", static (session, work, place) => new ImportPage(session, work, place)) { WhyNot = static work => work.AdminOnly },
        new(Statements, "", static (session, work, place) => new StatementsPage(session, work, place)),
        new(Account, "", static (session, work, place) => new DetailsPage(session, work, place)),
        new(Resource, "", static (session, work, place) => new DetailsPage(session, work, place)),
    ];

    public static PageKind Of(Place place) => All.First(kind => kind.Name == place.Screen);
}
