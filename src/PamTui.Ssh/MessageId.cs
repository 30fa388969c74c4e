namespace PamTui.Ssh;

/// <summary>Message numbers of RFC 4250 §4.1.2, RFC 4252, RFC 4253, RFC 4254, RFC 8308 and OpenSSH's PROTOCOL file (ping@openssh.com).</summary>
public static class MessageId
{
    public const byte Disconnect = 1;
    public const byte Ignore = 2;
    public const byte Unimplemented = 3;
    public const byte Debug = 4;
    public const byte ServiceRequest = 5;
    public const byte ServiceAccept = 6;
    public const byte ExtInfo = 7;
    public const byte KexInit = 20;
    public const byte NewKeys = 21;

    /// <summary>First of the numbers whose meaning depends on the negotiated key exchange.</summary>
    public const byte KexFirst = 30;
    public const byte KexExchangeInit = 30;
    public const byte KexExchangeReply = 31;
    public const byte KexLast = 49;
    public const byte UserAuthRequest = 50;
    public const byte UserAuthFailure = 51;
    public const byte UserAuthSuccess = 52;
    public const byte UserAuthBanner = 53;

    /// <summary>PK_OK, PASSWD_CHANGEREQ or INFO_REQUEST: which one, the method decides.</summary>
    public const byte UserAuthPublicKeyOk = 60;
    public const byte UserAuthPasswordChangeRequest = 60;
    public const byte UserAuthInfoRequest = 60;
    public const byte UserAuthInfoResponse = 61;
    public const byte GlobalRequest = 80;
    public const byte RequestSuccess = 81;
    public const byte RequestFailure = 82;
    public const byte ChannelOpen = 90;
    public const byte ChannelOpenConfirmation = 91;
    public const byte ChannelOpenFailure = 92;
    public const byte ChannelWindowAdjust = 93;
    public const byte ChannelData = 94;
    public const byte ChannelExtendedData = 95;
    public const byte ChannelEof = 96;
    public const byte ChannelClose = 97;
    public const byte ChannelRequest = 98;
    public const byte ChannelSuccess = 99;
    public const byte ChannelFailure = 100;
    public const byte Ping = 192;
    public const byte Pong = 193;
}
