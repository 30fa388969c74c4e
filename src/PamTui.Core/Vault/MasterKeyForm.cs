namespace PamTui.Core.Vault;

/// <summary>Where the key that opens the vault comes from.</summary>
public enum MasterKeyForm
{
    /// <summary>The file master.key of the data folder, mode 0600. The default.</summary>
    File,

    /// <summary>A passphrase that a person types at each start (Argon2id).</summary>
    Passphrase,

    /// <summary>The systemd credential "pamtui-master-key": 32 to 4096 random bytes, kept by systemd-creds.</summary>
    Credential,
}
