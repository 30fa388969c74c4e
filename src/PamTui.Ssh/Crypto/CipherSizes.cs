namespace PamTui.Ssh.Crypto;

/// <summary>Bytes of key, IV and MAC key to derive for one direction.</summary>
internal readonly record struct CipherSizes(int Key, int Iv, int MacKey);
