using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests;

namespace PamTui.Tests.GatewayTests;

/// <summary>
/// B13, measured: 200 refusals of each kind, mixed, on a socket. What is said is the same to the byte; when it is said is decided by the floor
/// under all of them, which is longer than the work that differs.
/// </summary>
[Collection(Heap.Alone)]
public sealed class RefusalTests(RefusalTests.Shared shared) : IClassFixture<RefusalTests.Shared>
{
    /// <summary>The gateway's floor of 50 ms, less what coarse timers are early.</summary>
    private const double Floor = 42;

    private TestGateway Gateway => shared.Gateway;

    [Fact]
    public async Task B13_200_sign_ins_of_each_kind_that_must_fail_are_refused_in_the_same_bytes_and_the_same_time()
    {
        const int Connections = 4;
        const int Pairs = 25; // An offer and a signature each.
        (string Kind, string Login, SshKeyFile Key)[] kinds =
        [
            ("unknown user", "nobody", Gateway.BobKey),
            ("disabled user", "carol", Gateway.TargetKey),
            ("wrong key", "alice", Gateway.BobKey),
            ("user without keys", "keyless", Gateway.BobKey),
            ("no login at all", "alice@a@b@c", Gateway.BobKey),
        ];
        ConcurrentDictionary<string, ConcurrentBag<double>> times = new();
        ConcurrentBag<string> answers = [];

        await Task.WhenAll(Enumerable.Range(0, Connections).SelectMany(_ => kinds).Select(async kind =>
        {
            using SshPrivateKey key = SshPrivateKey.Parse(kind.Key.PrivateBytes);
            await using RawPeer peer = await RawClient.ConnectAsync(Gateway.EndPoint);
            await peer.HandshakeAsync();
            await peer.SendAsync([MessageId.ServiceRequest, .. RawPeer.Text("ssh-userauth")]);
            Assert.NotEmpty(await peer.ReceiveAsync(MessageId.ServiceAccept));
            for (int i = 0; i < 2 * Pairs; i++)
            {
                byte[] request = i % 2 == 0 ? Offer(kind.Login, key) : Signed(peer, kind.Login, key);
                long start = Stopwatch.GetTimestamp();
                await peer.SendAsync(request);
                byte[] answer = await peer.ReceiveAsync();
                times.GetOrAdd(kind.Kind, _ => []).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                answers.Add(Convert.ToHexString(answer));
            }
        }));

        Assert.All(times.Values, each => Assert.Equal(2 * Pairs * Connections, each.Count));
        Assert.Equal(Convert.ToHexString([MessageId.UserAuthFailure, .. RawPeer.Text("publickey,password"), 0]), Assert.Single(answers.Distinct()));
        AreTheSame(times, Floor);
    }

    [Fact]
    public async Task B13_200_requests_for_an_account_that_is_not_there_and_for_one_that_is_forbidden_are_refused_in_the_same_bytes_and_the_same_time()
    {
        const int Runs = 200;
        (string Kind, string Login)[] kinds = [("forbidden account", "bob@deploy@web-1"), ("unknown account", "bob@dep10y@web-1"), ("unknown resource", "bob@deploy@web-7")];
        ConcurrentDictionary<string, ConcurrentBag<double>> times = new();
        ConcurrentBag<string> transcripts = [];

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Runs).SelectMany(_ => kinds),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (kind, _) =>
            {
                await using RawPeer peer = await RawClient.SignInAsync(Gateway.EndPoint, kind.Login, "right horse");
                long start = Stopwatch.GetTimestamp();
                await peer.SendAsync(new ChannelOpen("session", 0, 1 << 20, 1 << 15, default).Write());
                await peer.SendAsync(new ChannelRequest(0, ExecRequest.Type, true, new ExecRequest("true"u8.ToArray()).Write()).Write());
                StringBuilder transcript = new();
                for (byte last = 0; last != MessageId.ChannelClose;)
                {
                    byte[] payload = await peer.ReceiveAsync();
                    Assert.NotEmpty(payload);
                    transcript.Append(Encoding.Latin1.GetString(payload)).Append('|');
                    last = payload[0];
                }

                times.GetOrAdd(kind.Kind, _ => []).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                transcripts.Add(transcript.ToString().Replace("dep10y", "deploy", StringComparison.Ordinal).Replace("web-7", "web-1", StringComparison.Ordinal));
            });

        Assert.All(times.Values, each => Assert.Equal(Runs, each.Count));
        Assert.Contains("there is no account 'deploy' on 'web-1' that you may use.", Assert.Single(transcripts.Distinct()), StringComparison.Ordinal);
        AreTheSame(times, least: 0); // The gateway begins to look before the client knows that it is signed in.
    }

    /// <summary>
    /// The floor holds, and above it the kinds differ by less than a stranger could tell from one machine's noise: medians by a
    /// fifth, and the slow twentieth by a half and a few turns of a busy scheduler.
    /// </summary>
    private static void AreTheSame(ConcurrentDictionary<string, ConcurrentBag<double>> times, double least)
    {
        (string Kind, double Least, double Median, double P95)[] kinds =
            [.. times.Select(pair => (pair.Key, pair.Value.Min(), At(pair.Value, 0.5), At(pair.Value, 0.95)))];
        string table = string.Join('\n', kinds.Select(kind => $"{kind.Kind}: at least {kind.Least:0.0} ms, median {kind.Median:0.0} ms, p95 {kind.P95:0.0} ms"));
        Assert.True(kinds.All(kind => kind.Least >= least && kind.Median >= Floor), table);
        Assert.True(kinds.Max(kind => kind.Median) <= (1.2 * kinds.Min(kind => kind.Median)) + 2, table);
        Assert.True(kinds.Max(kind => kind.P95) <= (1.5 * kinds.Min(kind => kind.P95)) + 20, table);
        TestContext.Current.SendDiagnosticMessage(table);
    }

    private static double At(ConcurrentBag<double> values, double part) => values.Order().ElementAt((int)(values.Count * part));

    private static byte[] Offer(string user, SshPrivateKey key) =>
    [
        MessageId.UserAuthRequest, .. RawPeer.Text(user), .. RawPeer.Text("ssh-connection"), .. RawPeer.Text("publickey"), 0,
        .. RawPeer.Text("ssh-ed25519"), 0, 0, 0, (byte)key.PublicKey.Blob.Length, .. key.PublicKey.Blob.Span,
    ];

    private static byte[] Signed(RawPeer peer, string user, SshPrivateKey key)
    {
        byte[] data = PublicKeyProof.SignedData(peer.SessionId, user, "ssh-ed25519", key.PublicKey.Blob.ToArray());
        byte[] signature = key.Sign("ssh-ed25519", data);
        return [.. data.AsSpan(sizeof(uint) + peer.SessionId.Length), 0, 0, 0, (byte)signature.Length, .. signature];
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await TestGateway.StartAsync(new GatewayOptions { MaxAuthAttempts = 64, MaxStartupsPerSource = 100 });
            TestGateway.Ok(await Gateway.Product.Users.AddAsync(TestGateway.Local, "carol", Role.Member, Gateway.TargetKey.PublicLine, CancellationToken.None));
            TestGateway.Ok(await Gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "carol", true, CancellationToken.None));
            TestGateway.Ok(await Gateway.Product.Users.AddAsync(TestGateway.Local, "keyless", Role.Member, null, CancellationToken.None));
            using Secret password = Secret.FromText("right horse");
            TestGateway.Ok(await Gateway.Product.Users.SetPasswordAsync(TestGateway.Local, "bob", password, CancellationToken.None));
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
