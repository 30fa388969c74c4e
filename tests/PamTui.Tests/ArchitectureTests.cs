using System.Reflection;

namespace PamTui.Tests;

/// <summary>Who may know whom (docs/architecture.md): by the types that fields, signatures and base types name. A namespace is a folder.</summary>
public sealed class ArchitectureTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] s_useCases = ["Resources", "Accounts", "Users", "Sessions", "Rotation", "Authorities", "Personal", "Statements"];

    // Does many things at once, each by the use case that does one.
    private static readonly string[] s_above = ["Imports"];
    private static readonly string[] s_below = ["Access", "Vault", "Certificates", "Connectors", "Storage", "Audit", "Filters", "Model", ""];

    [Theory]
    [InlineData("PamTui.Ssh")]
    [InlineData("PamTui.Core")]
    [InlineData("PamTui.Gateway", "PamTui.Core", "PamTui.Ssh")]
    [InlineData("PamTui.Tui", "PamTui.Core")]
    [InlineData("PamTui.Sql", "PamTui.Core")]
    public void Assembly_knows_only_those_below_it(string assembly, params string[] allowed)
    {
        IEnumerable<string> ours = Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("PamTui", StringComparison.Ordinal));

        Assert.Empty(ours.Except(allowed));
    }

    [Fact]
    public void Use_cases_never_call_each_other() =>
        Assert.DoesNotContain(Arrows(), arrow => s_useCases.Contains(arrow.From) && s_useCases.Contains(arrow.To));

    [Fact]
    public void What_stands_below_the_use_cases_does_not_know_them() =>
        Assert.DoesNotContain(Arrows(), arrow => arrow.From.Length > 0 && s_below.Contains(arrow.From) && s_useCases.Contains(arrow.To));

    [Fact]
    public void Nothing_but_the_product_knows_what_stands_above_the_use_cases() =>
        Assert.DoesNotContain(Arrows(), arrow => arrow.From.Length > 0 && s_above.Contains(arrow.To));

    [Fact]
    public void Model_knows_nothing_but_itself() => Assert.DoesNotContain(Arrows(), arrow => arrow.From == "Model");

    [Fact]
    public void Filters_know_only_the_model() => Assert.DoesNotContain(Arrows(), arrow => arrow.From == "Filters" && arrow.To != "Model");

    [Fact]
    public void Every_room_of_the_core_is_on_the_plan() =>
        Assert.Empty(Core().GetTypes().Select(Room).Where(room => room is not null).Distinct().Except([.. s_useCases, .. s_above, .. s_below]));

    [Fact]
    public void Sql_library_is_known_in_one_room() =>
        Assert.DoesNotContain(Core().GetTypes(), type => Room(type) is { } room && room != "Storage"
            && Named(type).Any(named => named.Assembly.GetName().Name is "Microsoft.Data.Sqlite" or "dbup-core"));

    [Fact]
    public void Sql_prompt_knows_nothing_of_the_core_but_its_words() =>
        Assert.All(Assembly.Load("PamTui.Sql").GetTypes().SelectMany(Named).Select(Room).OfType<string>(), room => Assert.Equal("Model", room));

    private static Assembly Core() => Assembly.Load("PamTui.Core");

    private static IEnumerable<(string From, string To, string Type)> Arrows() =>
        from type in Core().GetTypes()
        let room = Room(type)
        where room is not null
        from named in Named(type)
        let other = Room(named)
        where other is not null && other != room
        select (room, other, type.FullName);

    // "PamTui.Core.Vault" -> "Vault"; null: not of the core, or made by the compiler outside any room.
    private static string? Room(Type type) => type.Assembly == Core() && type.Namespace is { } name && name.StartsWith("PamTui.Core", StringComparison.Ordinal)
        ? name["PamTui.Core".Length..].TrimStart('.').Split('.')[0]
        : null;

    private static IEnumerable<Type> Named(Type type)
    {
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Declared).Select(field => field.FieldType),
            .. type.GetMethods(Declared).SelectMany(method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).Concat(Locals(method))),
            .. type.GetConstructors(Declared).SelectMany(made => made.GetParameters().Select(p => p.ParameterType).Concat(Locals(made))),
        ];
        return named.OfType<Type>().SelectMany(Parts).Distinct();
    }

    private static IEnumerable<Type> Locals(MethodBase method) => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [];

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType
        ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type.GetGenericTypeDefinition()) : [type];
}
