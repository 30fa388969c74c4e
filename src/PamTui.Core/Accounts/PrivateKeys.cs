using PamTui.Core.Connectors;
using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>Private key files before they are anybody's: nothing of the vault is read or changed.</summary>
public static class PrivateKeys
{
    /// <summary>What the file is. An encrypted one takes as long as its passphrase is well protected: call it off the screen's thread.</summary>
    public static PrivateKeyLook Look(Secret file, Secret? passphrase) => PublicHalf.Look(file, passphrase);
}
