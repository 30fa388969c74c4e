using System.Net;
using PamTui.Core.Certificates;
using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>Resources and checks as the use cases make them.</summary>
internal static class Target
{
    private static readonly Metadata s_noMetadata = Metadata.Empty;

    public static Resource Linux(Sshd sshd, bool trustOnFirstUse = false, params SshKeyFile[] pinned) =>
        Linux(Sshd.Host, sshd.Port, trustOnFirstUse, [.. pinned.Select(key => Pin(key.KeyType, key.Fingerprint))]);

    public static Resource Linux(string host, int port, bool trustOnFirstUse = false, params HostKeyPin[] pins) =>
        Make(ResourceKind.Linux, host, port, null, TlsMode.Verify, null, pins, trustOnFirstUse);

    public static Resource PostgreSql(int port, string database = "postgres", TlsMode tls = TlsMode.Verify, string? ca = null, string host = "127.0.0.1") =>
        Make(ResourceKind.PostgreSql, host, port, database, tls, ca, [], false);

    public static Resource MySql(int port, string? database = null, TlsMode tls = TlsMode.Verify, string? ca = null, string host = "127.0.0.1") =>
        Make(ResourceKind.MySql, host, port, database, tls, ca, [], false);

    public static HostKeyPin Pin(string keyType, string fingerprint) => new(keyType, fingerprint, "option", DateTimeOffset.UnixEpoch);

    public static async Task<Checked> CheckAsync(
        Resource resource, string username, string password, TimeSpan? limit = null, CancellationToken ct = default)
    {
        using Secret secret = Secret.FromText(password);
        return await CheckAsync(resource, username, CredentialType.Password, secret, null, limit, ct);
    }

    public static async Task<Checked> CheckKeyAsync(Resource resource, string username, byte[] key, string? passphrase = null)
    {
        using Secret secret = Secret.From(key);
        using Secret? phrase = passphrase is null ? null : Secret.FromText(passphrase);
        return await CheckAsync(resource, username, CredentialType.PrivateKey, secret, phrase, null, default);
    }

    public static async Task<Checked> ProbeAsync(Resource resource)
    {
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, NoCertificates);
        Recorder recorder = new();
        return new Checked(await connectors.ProbeIdentityAsync(resource, recorder, default), recorder.Seen);
    }

    private static async Task<Checked> CheckAsync(
        Resource resource, string username, CredentialType type, Secret main, Secret? passphrase, TimeSpan? limit, CancellationToken ct)
    {
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, NoCertificates, limit);
        Recorder recorder = new();
        CheckReport report = await connectors.CheckAsync(resource, username, type, main, passphrase, recorder, ct);
        Checked result = new(report, recorder.Seen);

        // D6, G10: whatever happened, the secret is in nothing that is shown.
        foreach (Secret? secret in (Secret?[])[main, passphrase])
        {
            if (secret is not null)
            {
                Assert.DoesNotContain(secret.RevealText(), result.ToString(), StringComparison.Ordinal);
            }
        }

        return result;
    }

    public static Task<Result<CertifiedKey>> NoCertificates(Resource resource, string username, IPAddress local, CancellationToken ct) =>
        throw new InvalidOperationException("Nobody asked for a certificate.");

    private static Resource Make(
        ResourceKind kind, string host, int port, string? database, TlsMode tls, string? ca, IReadOnlyList<HostKeyPin> pins, bool trustOnFirstUse) =>
        new(1, "target", kind, host, port, database, tls, ca, pins, trustOnFirstUse, "", s_noMetadata, null, 0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>Keeps what is reported, in order, at once.</summary>
    private sealed class Recorder : IProgress<CheckProgress>
    {
        private readonly Lock _gate = new();
        private readonly List<CheckProgress> _seen = [];

        public IReadOnlyList<CheckProgress> Seen
        {
            get
            {
                lock (_gate)
                {
                    return [.. _seen];
                }
            }
        }

        public void Report(CheckProgress value)
        {
            lock (_gate)
            {
                _seen.Add(value);
            }
        }
    }
}

/// <summary>A check and what was shown while it ran.</summary>
internal sealed record Checked(CheckReport Report, IReadOnlyList<CheckProgress> Progress)
{
    public string Message => Report.Failure?.Message ?? "";

    public IEnumerable<string> Steps => Progress.Select(step => $"{step.Stage} {step.State}");

    public void Passed() => Assert.True(Report.Passed, ToString());

    public Checked Failed(CheckStage stage, CheckCause cause)
    {
        Assert.True(Report.Failure is { } failure && failure.Stage == stage && failure.Cause == cause, $"Expected {stage} {cause}, but:\n{this}");
        Assert.Equal(StageState.Failed, Progress[^1].State);
        Assert.Equal(stage, Progress[^1].Stage);
        Assert.DoesNotContain('\n', Message);
        return this;
    }

    public override string ToString() => $"{Report.Failure?.Stage} {Report.Failure?.Cause}: {Report.Failure?.Message}\n{Report}\n{string.Join('\n', Progress)}";
}
