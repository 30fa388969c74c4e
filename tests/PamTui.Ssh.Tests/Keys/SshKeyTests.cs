using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Keys;

public sealed class SshKeyTests
{
    [Fact]
    public void Signature_of_a_new_key_verifies_for_its_data_only()
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        byte[] signature = key.Sign("ssh-ed25519", "data"u8);

        Assert.True(key.PublicKey.Verify("ssh-ed25519", signature, "data"u8));
        Assert.False(key.PublicKey.Verify("ssh-ed25519", signature, "Data"u8));
    }
}
