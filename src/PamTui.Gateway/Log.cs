using Microsoft.Extensions.Logging;

namespace PamTui.Gateway;

/// <summary>
/// What the gateway tells its log: ids, names, addresses, counts; never a secret. Callers escape what strangers chose (E3), by Text.Escape or Text.Quote.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "listening on {EndPoint}")]
    public static partial void Listening(ILogger log, string endPoint);

    [LoggerMessage(2, LogLevel.Warning, "accepting connections is failing ({Error}); trying again in {Milliseconds} ms")]
    public static partial void AcceptFailing(ILogger log, string error, int milliseconds);

    [LoggerMessage(3, LogLevel.Information, "accepting connections again")]
    public static partial void AcceptResumed(ILogger log);

    [LoggerMessage(4, LogLevel.Warning, "turned away {Source}: {Why} ({Count} since the last such line)")]
    public static partial void TurnedAway(ILogger log, string source, Listener.TurnedAway why, long count);

    [LoggerMessage(5, LogLevel.Warning, "{Source} keeps failing to sign in and is turned away for a while")]
    public static partial void Penalised(ILogger log, string source);

    [LoggerMessage(6, LogLevel.Error, "a connection from {Source} ended by a fault of the gateway")]
    public static partial void ConnectionFault(ILogger log, Exception fault, string source);

    [LoggerMessage(7, LogLevel.Information, "connection {Peer} ended before sign-in: {Why}")]
    public static partial void EndedBeforeSignIn(ILogger log, string peer, string why);

    [LoggerMessage(8, LogLevel.Information, "settings and host keys are loaded again; they hold for new connections")]
    public static partial void Reloaded(ILogger log);

    [LoggerMessage(9, LogLevel.Warning, "Gateway:Listen changed to {Listen}, which takes a restart; still listening on {EndPoint}")]
    public static partial void ListenChanged(ILogger log, string listen, string endPoint);

    [LoggerMessage(10, LogLevel.Information, "draining: no new connections; {Count} are open; waiting up to {Seconds} s")]
    public static partial void Draining(ILogger log, int count, int seconds);

    [LoggerMessage(11, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(13, LogLevel.Warning, "{Count} connections did not end in time")]
    public static partial void ConnectionsLeft(ILogger log, int count);

    [LoggerMessage(12, LogLevel.Information, "made host key {KeyType} {Fingerprint}")]
    public static partial void HostKeyMade(ILogger log, string keyType, string fingerprint);

    [LoggerMessage(14, LogLevel.Error, "a connection could not be taken in, by a fault of the gateway")]
    public static partial void AcceptFault(ILogger log, Exception fault);

    [LoggerMessage(20, LogLevel.Information, "{User} signed in by {Method} from {Peer}")]
    public static partial void SignedIn(ILogger log, string user, string method, string peer);

    [LoggerMessage(21, LogLevel.Information, "sign-in failed: {Login} by {Method} from {Peer}")]
    public static partial void SignInFailed(ILogger log, string login, string method, string peer);

    [LoggerMessage(22, LogLevel.Debug, "offer without signature: {Login}, key {Fingerprint}, from {Peer}")]
    public static partial void KeyOffered(ILogger log, string login, string fingerprint, string peer);

    [LoggerMessage(23, LogLevel.Information, "{User} from {Peer} asked for {Account}: {Why}")]
    public static partial void NoTarget(ILogger log, string user, string peer, string account, string why);

    [LoggerMessage(24, LogLevel.Information, "refused for {Login}: {Certificate}: {Why}; from {Peer}")]
    public static partial void CertificateRefused(ILogger log, string login, string certificate, string why, string peer);

    [LoggerMessage(25, LogLevel.Warning, "the key {Fingerprint} is revoked and was shown for {Login} from {Peer}")]
    public static partial void KeyRevoked(ILogger log, string login, string fingerprint, string peer);

    [LoggerMessage(30, LogLevel.Information, "session {Id}: {User} from {Source} opened {Account}")]
    public static partial void SessionOpened(ILogger log, long id, string user, string source, string account);

    [LoggerMessage(31, LogLevel.Information, "session {Id} ended: {Reason} ({BytesIn} bytes in, {BytesOut} bytes out)")]
    public static partial void SessionEnded(ILogger log, long id, string reason, long bytesIn, long bytesOut);

    [LoggerMessage(32, LogLevel.Warning, "{User} could not open {Account}: {Why} [{Detail}]")]
    public static partial void DialFailed(ILogger log, string user, string account, string why, string detail);

    [LoggerMessage(33, LogLevel.Error, "HOST KEY of {Account} differs: {Host}:{Port} showed {KeyType} {Fingerprint}: {Why}; nothing was sent to it")]
    public static partial void HostKeyDiffers(ILogger log, string account, string host, int port, string keyType, string fingerprint, string why);

    [LoggerMessage(43, LogLevel.Warning, "{User} from {Source} could not be forwarded to {Place}: {Why}")]
    public static partial void ForwardFailed(ILogger logger, string user, string source, string place, string why);

    [LoggerMessage(42, LogLevel.Warning, "a statement on {Account} could not be cancelled: {Why}")]
    public static partial void CancelLost(ILogger log, string account, string why);

    [LoggerMessage(34, LogLevel.Error, "the store cannot be asked which sessions must end, or told their bytes")]
    public static partial void StoreFault(ILogger log, Exception fault);

    [LoggerMessage(35, LogLevel.Error, "session {Id} could not be closed in the store")]
    public static partial void EndNotStored(ILogger log, Exception fault, long id);

    [LoggerMessage(36, LogLevel.Warning, "channel on session {Id} refused: the permission has ended")]
    public static partial void ChannelRefused(ILogger log, long id);

    [LoggerMessage(37, LogLevel.Information, "{Resource} offers {Count} further host keys; they are not trusted until an admin accepts them (`pamtui resource show`)")]
    public static partial void HostKeysOffered(ILogger log, string resource, int count);

    [LoggerMessage(38, LogLevel.Warning, "{Resource} offers further host keys and does not prove to hold them; they are not kept")]
    public static partial void HostKeysNotProven(ILogger log, string resource);

    [LoggerMessage(39, LogLevel.Error, "the host keys that {Resource} offers could not be kept")]
    public static partial void HostKeysNotKept(ILogger log, Exception fault, string resource);

    [LoggerMessage(41, LogLevel.Warning, "closed {Count} sessions of a gateway that is gone")]
    public static partial void ClosedForLost(ILogger log, int count);

    [LoggerMessage(40, LogLevel.Error, "the console of a user from {Source} failed")]
    public static partial void ConsoleFault(ILogger log, Exception fault, string source);
}
