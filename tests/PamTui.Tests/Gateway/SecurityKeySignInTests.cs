using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Tests.GatewayTests;

/// <summary>FIDO keys at the gateway's door, from an authenticator in software.</summary>
public sealed class SecurityKeySignInTests(SecurityKeySignInTests.Shared shared) : IClassFixture<SecurityKeySignInTests.Shared>
{
    [Theory]
    [InlineData("sk-ssh-ed25519@openssh.com", 0x01, true)]
    [InlineData("sk-ssh-ed25519@openssh.com", 0x05, true)]
    [InlineData("sk-ssh-ed25519@openssh.com", 0x00, false)]
    [InlineData("sk-ssh-ed25519@openssh.com", 0x04, false)]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", 0x01, true)]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", 0x00, false)]
    public async Task B20_Security_key_signs_in_when_its_user_was_present(string type, byte flags, bool good)
    {
        using SecurityKey key = SecurityKey.Make(type);
        TestGateway.Ok(await shared.Gateway.Product.Users.AddKeyAsync(TestGateway.Local, "bob", key.PublicKey + " yubikey", TestClient.Ct));
        await using SshTransport transport = await TestClient.ConnectAsync(shared.Gateway.EndPoint);
        await transport.SendAsync((byte[])[MessageId.ServiceRequest, 0, 0, 0, 12, .. "ssh-userauth"u8], TestClient.Ct);
        await transport.ReceiveAsync(TestClient.Ct);
        byte[] blob = key.PublicKey.Blob.ToArray();
        byte[] signature = key.Sign(PublicKeyProof.SignedData(transport.SessionId, "bob", type, blob), flags);

        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                PublicKeyProof.WriteRequest(ref w, "bob", type, blob);
                w.String(signature);
            }),
            TestClient.Ct);

        Assert.Equal(good ? MessageId.UserAuthSuccess : MessageId.UserAuthFailure, (await transport.ReceiveAsync(TestClient.Ct)).Span[0]);
        await Poll.UntilAsync(
            "the sign-in in the log",
            () => shared.Gateway.Log.Contains($"bob signed in by publickey {key.PublicKey.Fingerprint}", StringComparison.Ordinal) == good);
        await shared.Gateway.Product.Users.RemoveKeyAsync(TestGateway.Local, "bob", key.PublicKey.Fingerprint, TestClient.Ct);
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
