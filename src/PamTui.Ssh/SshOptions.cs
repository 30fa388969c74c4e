using Microsoft.Extensions.Logging;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh;

/// <summary>Limits and preferences of one connection. The defaults suit both roles.</summary>
public sealed record SshOptions
{
    /// <summary>Server: certificates of its host keys, shown to clients that ask for one; those of other keys are not used.</summary>
    public IReadOnlyList<SshCertificate> HostCertificates { get; init; } = [];

    /// <summary>Server: where the first key exchange waits for its turn when it is a costly one; null: it does not wait.</summary>
    public CostlyKeyExchanges? CostlyKeyExchanges { get; init; }

    public AlgorithmPreferences Algorithms { get; init; } = AlgorithmPreferences.Compatible;

    /// <summary>Follows "SSH-2.0-" (RFC 4253 §4.2): printable US-ASCII without space or minus.</summary>
    public string SoftwareVersion { get; init; } = "PamTui_0.1";

    /// <summary>Largest packet_length accepted once signed in. OpenSSH's own cap is 256 KiB.</summary>
    public int MaxPacketLength { get; init; } = 256 * 1024;

    /// <summary>Largest packet_length accepted before sign-in: RFC 4253 §6.1 asks for 35000, hybrid key exchanges need less.</summary>
    public int MaxPacketLengthBeforeSignIn { get; init; } = 36 * 1024;

    /// <summary>A stranger's budget (A6): what it may send before it is signed in.</summary>
    public int MaxPacketsBeforeSignIn { get; init; } = 256;

    /// <inheritdoc cref="MaxPacketsBeforeSignIn"/>
    public long MaxBytesBeforeSignIn { get; init; } = 1024 * 1024;

    /// <summary>Bytes of our answers (to channel opens, requests, pings) that a peer may leave untaken before nothing more of it is read.</summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes that a peer may still send after our KEXINIT and before its own (A4). An honest one needs room for the windows it was given.
    /// </summary>
    public long MaxBytesBeforePeerKexInit { get; init; } = 64L << 20;

    /// <summary>
    /// Of those bytes, how many are kept in memory while the receiver is busy; then it has to come and take them. Two connections whose receivers
    /// wait for each other need room for the windows of one.
    /// </summary>
    public long MaxHeldBytes { get; init; } = 16L << 20;

    /// <summary>New keys after so many bytes in either direction (RFC 4253 §9).</summary>
    public long RekeyBytes { get; init; } = 1L << 30;

    /// <summary>New keys after so long, at the next packet in either direction.</summary>
    public TimeSpan RekeyInterval { get; init; } = TimeSpan.FromHours(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger? Log { get; init; }
}
