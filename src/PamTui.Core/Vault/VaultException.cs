namespace PamTui.Core.Vault;

/// <summary>
/// The vault is damaged or was tampered with: a sealed row does not open although the master key is right. The message is one
/// sentence for a person and holds no secret.
/// </summary>
public sealed class VaultException(string message) : Exception(message);
