using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Gateway.Relay;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;
using PamTui.Tests.Connectors;

namespace PamTui.Tests.GatewayTests;

/// <summary>hostkeys-00@openssh.com: a target tells its further host keys.</summary>
public sealed class HostKeyLearningTests : IDisposable
{
    private static readonly byte[] s_sessionId = RandomNumberGenerator.GetBytes(32);

    private readonly SshPrivateKey _pinned = SshPrivateKey.GenerateEd25519();
    private readonly SshPrivateKey _new = SshPrivateKey.GenerateEd25519();
    private readonly List<byte[]> _toUser = [];
    private readonly List<byte[]> _toTarget = [];
    private readonly HostKeyLearner _learner;
    private readonly RelayTable _table;

    public HostKeyLearningTests()
    {
        _learner = new HostKeyLearner(Target.Linux("127.0.0.1", 22, false, Target.Pin("ssh-ed25519", _pinned.PublicKey.Fingerprint)), s_sessionId);
        _table = new RelayTable(new RelayPolicy([]), 3, payload => _toUser.Add(payload.ToArray()), payload => _toTarget.Add(payload.ToArray()), _learner);
    }

    public void Dispose()
    {
        _pinned.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Keys_of_a_pinned_target_are_kept_for_an_admin_trusted_by_nobody_and_pinned_on_his_word()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(target: new SshdOptions(HostKeyTypes: ["ed25519", "ecdsa", "rsa"]));
        string known = await File.ReadAllTextAsync(gateway.KnownHosts);

        Assert.Equal("in\n", (await gateway.SshAsync("alice@web", "-o", "UpdateHostKeys=yes", "echo in")).Succeeded().Text);

        Resource resource = null!;
        await Poll.UntilAsync("two offered keys", async () => (resource = await FindAsync(gateway)).OfferedHostKeys.Count == 2);
        Assert.Equal(gateway.Target.HostKeys.Skip(1).Select(key => key.Fingerprint).Order(StringComparer.Ordinal), resource.OfferedHostKeys.Select(key => key.Fingerprint).Order(StringComparer.Ordinal));
        Assert.Equal([gateway.Target.HostKey.Fingerprint], resource.HostKeys.Select(pin => pin.Fingerprint));
        Assert.Equal(known, await File.ReadAllTextAsync(gateway.KnownHosts));

        // Trusted by nobody: a target that shows only the offered key is an impostor still.
        SshKeyFile ecdsa = gateway.Target.HostKeys[1];
        await using Sshd onlyNew = await Sshd.StartAsync(new SshdOptions(HostKeyTypes: [], AuthorizedKeys: [gateway.TargetKey.PublicLine], Config: ["HostKey " + ecdsa.Path]));
        await gateway.Product.Resources.EditAsync(TestGateway.Local, "web-1", new Core.Resources.ResourceChange { Port = onlyNew.Port }, TestClient.Ct);
        (await gateway.SshAsync("alice@web", "true")).Ended(255);

        Resource accepted = TestGateway.Ok(await gateway.Product.Resources.AcceptOfferedHostKeyAsync(TestGateway.Local, "web-1", ecdsa.Fingerprint, TestClient.Ct));

        Assert.Single(accepted.OfferedHostKeys);
        Assert.Contains(accepted.HostKeys, pin => pin.Fingerprint == ecdsa.Fingerprint && pin.TrustSource.StartsWith("offered by the target, accepted by", StringComparison.Ordinal));
        (await gateway.SshAsync("alice@web", "true")).Succeeded();
        Page<AuditRow> audit = TestGateway.Ok(await gateway.Product.Audit.ListAsync(TestGateway.Local, "", new PageRequest(0, 200), TestClient.Ct));
        Assert.Equal(2, audit.Items.Count(row => row.Action == "resource.host-key.offered"));
        Assert.Contains(audit.Items, row => row.Action == "resource.host-key.pin" && row.Details.Contains(ecdsa.Fingerprint, StringComparison.Ordinal));
        Assert.Equal(RefusalKind.NotFound, (await gateway.Product.Resources.AcceptOfferedHostKeyAsync(TestGateway.Local, "web-1", ecdsa.Fingerprint, TestClient.Ct)).Refusal!.Kind);
        Assert.NotEqual(
            RefusalKind.Failed,
            (await gateway.Product.Resources.AcceptOfferedHostKeyAsync(new Actor("bob", gateway.Bob.Id, Role.Member, "192.0.2.1"), "web-1", accepted.OfferedHostKeys[0].Fingerprint, TestClient.Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Target_is_asked_once_for_what_is_not_pinned_and_the_user_hears_nothing_of_it()
    {
        Assert.True(_table.Take(Side.Target, Announce(_pinned.PublicKey.Blob.ToArray(), _new.PublicKey.Blob.ToArray())));
        Assert.False(_table.Take(Side.Target, Announce(_new.PublicKey.Blob.ToArray())));
        _table.Take(Side.Target, Success(Proof(_new, s_sessionId)));

        Assert.Equal([RelayMessages.Prove("hostkeys-prove-00@openssh.com", [_new.PublicKey])], _toTarget);
        Assert.Empty(_toUser);
        Assert.Equal([_new.PublicKey.Fingerprint], _learner.Proven(await _learner.Reply)!.Select(key => key.Fingerprint));
    }

    [Fact]
    public async Task Replies_to_the_user_keep_their_order_around_the_question()
    {
        byte[] ask = Global("one@example.org");
        _table.Take(Side.User, ask);
        _table.Take(Side.Target, Announce(_new.PublicKey.Blob.ToArray()));
        _table.Take(Side.User, ask);

        _table.Take(Side.Target, Success([1]));
        _table.Take(Side.Target, Success(Proof(_new, s_sessionId)));
        _table.Take(Side.Target, [MessageId.RequestFailure]);

        Assert.Equal([Success([1]), [MessageId.RequestFailure]], _toUser);
        Assert.NotNull(_learner.Proven(await _learner.Reply));
    }

    [Theory]
    [InlineData("other session")]
    [InlineData("other key")]
    [InlineData("failure")]
    [InlineData("cut")]
    [InlineData("more")]
    [InlineData("none")]
    public async Task Key_whose_proof_is_wrong_is_not_kept(string how)
    {
        _table.Take(Side.Target, Announce(_new.PublicKey.Blob.ToArray()));
        byte[] right = Success(Proof(_new, s_sessionId));

        _table.Take(Side.Target, how switch
        {
            "other session" => Success(Proof(_new, RandomNumberGenerator.GetBytes(32))),
            "other key" => Success(Proof(_pinned, s_sessionId)),
            "failure" => [MessageId.RequestFailure],
            "cut" => right[..^1],
            "more" => [.. right, 0],
            _ => [MessageId.RequestSuccess],
        });

        Assert.Null(_learner.Proven(await _learner.Reply));
    }

    [Fact]
    public void Announcement_that_is_no_list_of_keys_is_passed_over()
    {
        byte[] certificate = "ssh-ed25519-cert-v01@openssh.com"u8.ToArray();
        foreach (byte[] announcement in (byte[][])[Announce(), Announce([1, 2, 3]), Announce(certificate), [.. Announce(_new.PublicKey.Blob.ToArray()), 0, 0, 0], Announce(_pinned.PublicKey.Blob.ToArray())])
        {
            RelayTable table = new(new RelayPolicy([]), 3, _ => { }, payload => _toTarget.Add(payload.ToArray()), new HostKeyLearner(Target.Linux("127.0.0.1", 22, false, Target.Pin("", _pinned.PublicKey.Fingerprint)), s_sessionId));
            Assert.False(table.Take(Side.Target, announcement));
        }

        Assert.Empty(_toTarget);
    }

    private static async Task<Resource> FindAsync(TestGateway gateway) => TestGateway.Ok(await gateway.Product.Resources.FindAsync(TestGateway.Local, "web-1", TestClient.Ct));

    private static byte[] Announce(params byte[][] keys) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.GlobalRequest);
        w.String("hostkeys-00@openssh.com");
        w.Boolean(false);
        foreach (byte[] key in keys)
        {
            w.String(key);
        }
    });

    private static byte[] Global(string name) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.GlobalRequest);
        w.String(name);
        w.Boolean(true);
    });

    private static byte[] Success(byte[] signature) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.RequestSuccess);
        w.String(signature);
    });

    private byte[] Proof(SshPrivateKey key, byte[] sessionId) =>
        key.Sign("ssh-ed25519", RelayMessages.SignedByHostKey("hostkeys-prove-00@openssh.com", sessionId, _new.PublicKey));
}
