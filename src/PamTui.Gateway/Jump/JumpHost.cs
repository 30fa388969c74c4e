using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Forwarding;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Jump;

/// <summary>
/// `ssh -J alice@gw web-root`, `ssh -L 5432:analytics:5432 alice@gw`: a tool that asks to be forwarded to an account as its host. Nothing is
/// dialled for the name: the channel is answered by an SSH server of the gateway's own, or in the protocol of the account's database, and the
/// session then is brokered as any other. That session relays no forwarding, so nobody jumps on from there. A host that is no account's name is a
/// place of the network only where a grant names it. One for each outer connection, whose cap on channels is the cap on these.
/// </summary>
internal sealed class JumpHost
{
    public const string Kind = "direct-tcpip";

    /// <summary>RFC 4254 §7.2 sets no limit; no name of ours comes near.</summary>
    private const int MaxHost = 4096;

    /// <summary>Refusals that are logged: a connection that asks for ever must not fill the disk.</summary>
    private const int LoggedRefusals = 20;

    private readonly ConcurrentDictionary<SshChannel, Task> _lives = new();
    private readonly GatewayServices _services;
    private readonly GatewayOptions _options;
    private readonly ListenerKeys _keys;
    private readonly SessionRights _rights;
    private readonly User _user;
    private readonly string _source;
    private readonly Func<CancellationToken, Task<User?>> _readUser;
    private readonly JumpTargets _targets;
    private readonly BrokeredConnection _brokered;
    private readonly RefusedForwards _refusals;
    private readonly ILogger _log;
    private readonly CancellationToken _stopping;
    private int _refused;

    /// <param name="readUser">The user as the store knows them now; null: they may not sign in any more.</param>
    /// <param name="stopping">Of the gateway: the end of the outer connection ends its channels, and with them what runs in them.</param>
    public JumpHost(
        GatewayServices services,
        GatewayOptions options,
        ListenerKeys keys,
        SessionRights rights,
        RefusedForwards refusals,
        User user,
        string source,
        Func<CancellationToken, Task<User?>> readUser,
        CancellationToken stopping)
    {
        (_services, _options, _keys, _rights, _user, _source, _readUser, _log, _stopping) = (services, options, keys, rights, user, source, readUser, services.Log, stopping);
        _targets = new JumpTargets(services.Authorizer);
        _refusals = refusals;
        _brokered = new BrokeredConnection(services.Broker, services.Authorizer, _refusals, rights, options, services.Time, services.Log);
    }

    /// <summary>Ends when no inner connection is left. Never fails.</summary>
    public Task OverAsync() => Task.WhenAll(_lives.Values);

    /// <summary>Called by the outer connection's one loop. A channel that is opened lives here.</summary>
    public async ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct)
    {
        if (!_rights.MayForward)
        {
            return await RefusedByCertificateAsync(open, "allows no jumps and no forwarding: it lacks permit-port-forwarding.", ct).ConfigureAwait(false);
        }

        (string host, uint port) = ReadHost(open.Extra.Span);
        string why = JumpTargets.WhyNone(host);
        bool isForward = true;
        long asked = _services.Time.GetTimestamp();
        try
        {
            // What is an account's name, or could be, is never a place of the network.
            if (JumpName.Parse(host) is { } name)
            {
                JumpLead lead = await _targets.LeadAsync(_user.Id, name, ct).ConfigureAwait(false);
                if (lead is not JumpLead.None none)
                {
                    if (!_rights.MayJump)
                    {
                        return await RefusedByCertificateAsync(open, "allows no jumps: it forces a command, which would not hold there.", ct).ConfigureAwait(false);
                    }

                    return ChannelOpenReply.AcceptFor(channel => Start(
                        channel,
                        lead is JumpLead.Database { Grant: var grant }
                            ? ct => _services.Databases.RunAsync(channel.AsStream(), grant, _source, ct)
                            : ct => ServeAsync(channel, name, ct)));
                }

                why = none.Why ?? why;
                isForward = none.Why is null;
            }

            if (isForward && HostPort.Of(host, port) is { } to && await _services.Authorizer.AuthorizeForwardAsync(_user.Id, to, ct).ConfigureAwait(false) is { } forward)
            {
                return ChannelOpenReply.Later(over => ForwardAsync(open, forward, over));
            }
        }
#pragma warning disable CA1031 // Whatever keeps the store from answering: no answer is no permission.
        catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.StoreFault(_log, fault);
            why = "the permission to use this account cannot be checked now.";
        }

        if (_refused++ < LoggedRefusals)
        {
            Log.NoTarget(_log, _user.Name, _source, Text.Quote(host), why);
        }

        // Both hold up this user's own connection and no other's.
        await _refusals.NoteAsync(open.Kind, open.Extra, ct).ConfigureAwait(false);
        await FailureFloor.WaitAsync(asked, _services.Time, ct).ConfigureAwait(false);
        return ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, why);
    }

    private async Task<ChannelOpenReply> RefusedByCertificateAsync(ChannelOpen open, string why, CancellationToken ct)
    {
        await _refusals.NoteAsync(open.Kind, open.Extra, ct).ConfigureAwait(false);
        return ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "the certificate of this sign-in " + why);
    }

    /// <summary>A grant names the place: whether it may be dialled all the same, and whether anybody answers there.</summary>
    private async Task<ChannelOpenReply> ForwardAsync(ChannelOpen open, ForwardGrant grant, CancellationToken ct)
    {
        try
        {
            Result<ForwardConnection> opened = await _services.Forwards.OpenAsync(grant, _source, ct).ConfigureAwait(false);
            if (opened.Refusal is not { } refusal)
            {
                return ChannelOpenReply.AcceptFor(channel => Start(channel, stop => opened.Value.RunAsync(channel, stop)));
            }

            if (refusal.Kind != RefusalKind.NotAllowed)
            {
                return ChannelOpenReply.Refuse(ChannelOpenFailureReason.ConnectFailed, refusal.Message);
            }

            await _refusals.NoteAsync(open.Kind, open.Extra, ct, refusal.Message).ConfigureAwait(false);
            return ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, refusal.Message);
        }
#pragma warning disable CA1031 // Whatever keeps the store from answering: no answer is no permission.
        catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.StoreFault(_log, fault);
            return ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "the permission to forward cannot be checked now.");
        }
    }

    private void Start(SshChannel channel, Func<CancellationToken, Task> run)
    {
        TaskCompletionSource noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _lives[channel] = LiveAsync(channel, run, noted.Task);
        noted.SetResult();
    }

    /// <summary>host, port, and where the client says it comes from. Of an account the port says nothing: the resource has its own.</summary>
    private static (string Host, uint Port) ReadHost(ReadOnlySpan<byte> extra)
    {
        SshReader reader = new(extra);
        string host = Encoding.Latin1.GetString(reader.String(MaxHost));
        uint port = reader.UInt32();
        reader.String(MaxHost);
        reader.UInt32();
        reader.End();
        return (host, port);
    }

    private async Task LiveAsync(SshChannel channel, Func<CancellationToken, Task> run, Task noted)
    {
        await noted.ConfigureAwait(false);
        try
        {
            await run(_stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or IOException or SocketException or OperationCanceledException)
        {
            // Said where it mattered; the end of an inner connection that is over.
        }
#pragma warning disable CA1031 // The gateway's own fault with one inner connection must not end the others.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.ConnectionFault(_log, fault, _source);
        }
        finally
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            _lives.TryRemove(channel, out _);
        }
    }

    private async Task ServeAsync(SshChannel channel, JumpName name, CancellationToken ct)
    {
        using CancellationTokenSource grace = new(TimeSpan.FromSeconds(_options.LoginGraceSeconds), _services.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, grace.Token);
        SshOptions ssh = _keys.Leg(_options, _services.Time, _log);
        SshTransport inner = await SshTransport.AcceptAsync(channel.AsStream(), ssh, _keys.Host.All, either.Token).ConfigureAwait(false);
        await using (inner.ConfigureAwait(false))
        {
            AuthenticatedUser signedIn = await ServerAuthentication.RunAsync(
                inner,
                new JumpAuthenticator(_services.SignIns, _user, _readUser),
                new ServerAuthOptions { MaxAttempts = _options.MaxAuthAttempts, SignatureAlgorithms = ssh.Algorithms.UserKeySignatures },
                either.Token).ConfigureAwait(false);
            long asked = _services.Time.GetTimestamp();
            Result<AccessGrant> target = await _targets.ResolveAsync(_user.Id, name, signedIn.UserName, ct).ConfigureAwait(false);
            if (target.Refusal is { } refusal)
            {
                Log.NoTarget(_log, _user.Name, _source, Text.Quote(signedIn.UserName) + " at " + name, refusal.Message);
                await FailureFloor.WaitAsync(asked, _services.Time, ct).ConfigureAwait(false);
                await RefusedConnection.RunAsync(inner, refusal.Message, _services.Time, ct).ConfigureAwait(false);
                return;
            }

            await _brokered.RunAsync(inner, target.Value, _source, ct).ConfigureAwait(false);
        }
    }
}
