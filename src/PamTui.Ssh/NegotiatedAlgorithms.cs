namespace PamTui.Ssh;

/// <summary>What both sides agreed on (RFC 4253 §7.1); "to server" is client to server. The MAC of an AEAD cipher is its own name.</summary>
public sealed record NegotiatedAlgorithms(
    string KeyExchange,
    string HostKey,
    string CipherToServer,
    string CipherToClient,
    string MacToServer,
    string MacToClient,
    bool StrictKeyExchange);
