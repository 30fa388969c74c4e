namespace PamTui.Ssh;

/// <summary>Something of SSH went wrong; the derived types say whose fault it is.</summary>
public abstract class SshException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The peer broke the protocol or a limit. The connection ends with <see cref="Reason"/>.</summary>
public sealed class SshProtocolException(string message, DisconnectReason reason = DisconnectReason.ProtocolError, Exception? inner = null)
    : SshException(message, inner)
{
    /// <summary>What the peer is told (RFC 4253 §11.1).</summary>
    public DisconnectReason Reason { get; } = reason;
}

/// <summary>The connection is gone: the peer disconnected, the network failed, or we closed it.</summary>
public sealed class SshConnectionException(string message, DisconnectReason reason = DisconnectReason.ConnectionLost, Exception? inner = null)
    : SshException(message, inner)
{
    /// <summary>The reason the peer gave, or <see cref="DisconnectReason.ConnectionLost"/>.</summary>
    public DisconnectReason Reason { get; } = reason;
}

/// <summary>A host key was refused, or no sign-in method was accepted.</summary>
public sealed class SshAuthenticationException(string message) : SshException(message);

/// <summary>A channel was refused or is gone (RFC 4254 §5).</summary>
public sealed class SshChannelException(string message, ChannelOpenFailureReason? reason = null) : SshException(message)
{
    /// <summary>Why the peer refused to open it; null when it was open.</summary>
    public ChannelOpenFailureReason? Reason { get; } = reason;
}

/// <summary>RFC 4254 §5.1.</summary>
public enum ChannelOpenFailureReason
{
    AdministrativelyProhibited = 1,
    ConnectFailed = 2,
    UnknownChannelType = 3,
    ResourceShortage = 4,
}

/// <summary>RFC 4253 §11.1.</summary>
public enum DisconnectReason
{
    HostNotAllowedToConnect = 1,
    ProtocolError = 2,
    KeyExchangeFailed = 3,
    Reserved = 4,
    MacError = 5,
    CompressionError = 6,
    ServiceNotAvailable = 7,
    ProtocolVersionNotSupported = 8,
    HostKeyNotVerifiable = 9,
    ConnectionLost = 10,
    ByApplication = 11,
    TooManyConnections = 12,
    AuthCancelledByUser = 13,
    NoMoreAuthMethodsAvailable = 14,
    IllegalUserName = 15,
}
