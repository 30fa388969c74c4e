namespace PamTui.Ssh.Transport;

/// <summary>
/// The one table of what the peer may send when (A1, A2, B1, B2). Anything else ends the connection: nothing is skipped, nothing is
/// answered with UNIMPLEMENTED. DISCONNECT is legal at any time.
/// </summary>
internal static class Legal
{
    /// <param name="stage">Where we stand.</param>
    /// <param name="message">Number of the message that came.</param>
    /// <param name="role">Our role: the peer has the other one.</param>
    public static bool Allows(Stage stage, byte message, SshRole role) => message == MessageId.Disconnect || stage switch
    {
        Stage.FirstKexInit => message == MessageId.KexInit || IsNoise(message),
        Stage.FirstKexMethod or Stage.RekeyMethod => message == MethodOfPeer(role) || IsNoise(message),
        Stage.FirstKexMethodStrict => message == MethodOfPeer(role),
        Stage.FirstNewKeys or Stage.RekeyNewKeys => message == MessageId.NewKeys || IsNoise(message),
        Stage.FirstNewKeysStrict => message == MessageId.NewKeys,
        Stage.Auth => message == MessageId.KexInit || message == MessageId.ExtInfo || message == MessageId.Ping || IsNoise(message)
            || (role == SshRole.Server ? IsAuthOfClient(message) : IsAuthOfServer(message)),
        Stage.Open => message == MessageId.KexInit || IsNoise(message) || IsConnection(message)
            || message is MessageId.Ping or MessageId.Pong
            // RFC 4252 §5.3: what a client asked for before it saw SUCCESS; the transport drops it.
            || (role == SshRole.Server && message == MessageId.UserAuthRequest),
        _ => false,
    };

    private static byte MethodOfPeer(SshRole role) =>
        role == SshRole.Server ? MessageId.KexExchangeInit : MessageId.KexExchangeReply;

    private static bool IsNoise(byte message) => message is MessageId.Ignore or MessageId.Debug or MessageId.Unimplemented;

    private static bool IsAuthOfClient(byte message) =>
        message is MessageId.ServiceRequest or MessageId.UserAuthRequest or MessageId.UserAuthInfoResponse;

    /// <summary>60 is PK_OK, PASSWD_CHANGEREQ or INFO_REQUEST.</summary>
    private static bool IsAuthOfServer(byte message) =>
        message is MessageId.ServiceAccept or MessageId.UserAuthFailure or MessageId.UserAuthSuccess or MessageId.UserAuthBanner
            or MessageId.UserAuthInfoRequest;

    private static bool IsConnection(byte message) =>
        message is >= MessageId.GlobalRequest and <= MessageId.RequestFailure or >= MessageId.ChannelOpen and <= MessageId.ChannelFailure;
}
