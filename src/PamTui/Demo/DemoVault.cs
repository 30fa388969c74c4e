using System.Security.Cryptography;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Users;
using PamTui.Ssh.Keys;

namespace PamTui.Demo;

/// <summary>What the demo's vault holds: one resource that works, and samples of each kind with several accounts.</summary>
internal static class DemoVault
{
    public const string Admin = "alice";
    public const string PracticeAccount = "operator";
    public const string PracticeResource = "practice";
    public const string PracticeAlias = "practice-shell";

    private static readonly Sample[] s_samples =
    [
        new("production-database", ResourceKind.PostgreSql, "db.example.org", "shop", "Orders and payments", "env=prod,team=payments",
            [
                new("postgres", "postgres", "superuser", "owner=dba", "Break glass only"),
                new("app-user", "shop_app", "read/write", "owner=payments", "What the shop itself uses"),
                new("analytics", "analytics", "read-only", "owner=bi", "Nightly reports"),
            ]),
        new("shop-replica", ResourceKind.MySql, "replica.example.org", "shop", "Read replica of the old shop", "env=test,team=shop",
            [
                new("root", "root", "superuser", "owner=dba", ""),
                new("report", "report", "read-only", "owner=bi", ""),
            ]),
        new("web-1", ResourceKind.Linux, "web-1.example.org", null, "Front end", "env=prod,team=shop",
            [
                new("root", "root", "superuser", "owner=ops", "Break glass only"),
                new("deploy", "deploy", "read/write", "owner=shop", "Releases"),
                new("logs", "logreader", "read-only", "owner=ops", ""),
            ]),
    ];

    /// <summary>Fills an empty vault. The practice account signs in with <paramref name="accountKey"/>, and is checked for real.</summary>
    public static async Task<Result<Done>> FillAsync(Product product, SshPrivateKey accountKey, SshPublicKey hostKey, int port, string username, TimeProvider time, CancellationToken ct)
    {
        Actor actor = Actor.System;
        HostKeyPin pin = new(hostKey.KeyType, hostKey.Fingerprint, "made with the demo", time.GetUtcNow());
        Result<Resource> practice = await product.Resources.AddAsync(
            actor,
            new ResourceDraft(PracticeResource, ResourceKind.Linux, "127.0.0.1", port, null, TlsMode.Verify, null, [pin], false, "This machine, served by the demo itself", Pairs("env=demo,team=you")),
            ct);
        if (practice.Refusal is { } refusal)
        {
            return refusal;
        }

        byte[] file = accountKey.WriteOpenSsh();
        using NewCredential key = new(CredentialType.PrivateKey, Secret.From(file));
        CryptographicOperations.ZeroMemory(file);
        AccountDraft account = new(PracticeResource, PracticeAccount, username, key, PracticeAlias, "read/write", "A shell as you", Pairs("owner=you"));
        Result<SavedAccount> saved = await product.Accounts.AddAsync(actor, account, CheckMode.Check, null, ct);
        if ((saved.Refusal ?? (saved.Value.Account is null ? Refusal.Failed(saved.Value.Check?.Failure?.Message ?? "The practice account could not be saved.") : null)) is { } failed)
        {
            return failed;
        }

        foreach (Sample sample in s_samples)
        {
            if (await AddAsync(product, actor, sample, time, ct) is { } refused)
            {
                return refused;
            }
        }

        return await AddPeopleAsync(product, actor, ct) is { } no ? no : default(Done);
    }

    private static async Task<Refusal?> AddAsync(Product product, Actor actor, Sample sample, TimeProvider time, CancellationToken ct)
    {
        // A made-up fingerprint: nobody answers at an example's address.
        HostKeyPin[] pins = sample.Kind == ResourceKind.Linux
            ? [new("ssh-ed25519", "SHA256:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('='), "sample", time.GetUtcNow())]
            : [];
        Result<Resource> resource = await product.Resources.AddAsync(
            actor, new ResourceDraft(sample.Name, sample.Kind, sample.Host, null, sample.Database, TlsMode.Verify, null, pins, false, sample.Description, Pairs(sample.Metadata)), ct);
        if (resource.Refusal is { } refusal)
        {
            return refusal;
        }

        foreach (SampleAccount one in sample.Accounts)
        {
            using NewCredential password = new(CredentialType.Password, Secret.FromText(Convert.ToBase64String(RandomNumberGenerator.GetBytes(18))));
            AccountDraft draft = new(sample.Name, one.Name, one.Username, password, null, one.Privilege, one.Description, Pairs(one.Metadata));
            Result<SavedAccount> saved = await product.Accounts.AddAsync(actor, draft, CheckMode.Unverified, null, ct);
            if (saved.Refusal is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private static async Task<Refusal?> AddPeopleAsync(Product product, Actor actor, CancellationToken ct)
    {
        foreach (string name in new[] { "bob", "carol" })
        {
            if ((await product.Users.AddAsync(actor, name, Role.Member, null, ct)).Refusal is { } refusal)
            {
                return refusal;
            }
        }

        return (await product.Groups.AddAsync(actor, "payments", ct)).Refusal
            ?? (await product.Groups.AddMemberAsync(actor, "payments", "bob", ct)).Refusal
            ?? (await product.Grants.AddAsync(actor, new GrantDraft("group:payments", "team=payments", Capability.Connect), ct)).Refusal
            ?? (await product.Grants.AddAsync(actor, new GrantDraft("carol", PracticeResource + "/*", Capability.Connect), ct)).Refusal;
    }

    private static Metadata Pairs(string text) => Inputs.MetadataOf(text.Split(',')).Value;

    private sealed record Sample(string Name, ResourceKind Kind, string Host, string? Database, string Description, string Metadata, IReadOnlyList<SampleAccount> Accounts);

    private sealed record SampleAccount(string Name, string Username, string Privilege, string Metadata, string Description);
}
