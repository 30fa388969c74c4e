using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Transport;

/// <summary>
/// The key exchanges of one connection, step by step with what the peer sends (RFC 4253 §7, §9): where the running one stands, strictness, a
/// wrong guess, the host key's consent, and what came of them. Of the receiving side: one caller at a time.
/// </summary>
internal sealed class KeyExchanger(PacketReader reader, SendGate sending, KexTerms terms, StrangerBudget stranger, SshOptions options) : IDisposable
{
    private readonly ILogger _log = options.Log ?? NullLogger.Instance;
    private KexRun? _run;
    private PacketCipher? _nextReceive;
    private long _bytesBeforePeerInit;
    private byte[]? _awaitsTurn;

    /// <summary>What the peer owes the running exchange; null when none runs, or it has not seen our KEXINIT.</summary>
    public Stage? Stage { get; private set; } = Transport.Stage.FirstKexInit;

    /// <summary>The next packet is the wrong guess the peer has announced.</summary>
    public bool DropsGuess { get; private set; }

    /// <summary>Client: the first exchange waits until <see cref="HostKey"/> is accepted.</summary>
    public bool HostKeyAwaitsConsent { get; private set; }

    /// <summary>Server: the client's method message is here and its answer waits for <see cref="AnswerInTurnAsync"/>.</summary>
    public bool AwaitsTurn => _awaitsTurn is not null;

    /// <summary>How often keys were agreed on.</summary>
    public int Count { get; private set; }

    /// <summary>The hash of the first key exchange (RFC 4253 §7.2).</summary>
    public ReadOnlyMemory<byte> SessionId { get; private set; }

    /// <summary>Of the latest key exchange.</summary>
    public NegotiatedAlgorithms Algorithms { get; private set; } = new("", "", "", "", "", "", false);

    /// <summary>Client: the host key the server has proven to hold.</summary>
    public SshPublicKey? HostKey { get; private set; }

    /// <summary>Client: the certificate it came with.</summary>
    public SshCertificate? HostCertificate { get; private set; }

    public void DropGuess(byte id)
    {
        DropsGuess = false;
        if (id is < MessageId.KexFirst or > MessageId.KexLast)
        {
            throw new SshProtocolException("The peer announced a guessed packet and sent another.", DisconnectReason.KeyExchangeFailed);
        }
    }

    /// <summary>An honest peer answers our KEXINIT with its own after what it had under way (A4).</summary>
    public void CountBeforePeerInit(int bytes)
    {
        if (Stage is null && sending.IsHolding)
        {
            _bytesBeforePeerInit += bytes;
            if (_bytesBeforePeerInit > options.MaxBytesBeforePeerKexInit)
            {
                throw new SshProtocolException("The peer does not answer a key exchange.", DisconnectReason.KeyExchangeFailed);
            }
        }
    }

    /// <summary>KEXINIT, the answer to ours or the wish for an exchange.</summary>
    public void TakePeerInit(ReadOnlySpan<byte> payload)
    {
        bool first = Count == 0;
        stranger.CountExchange(Count);
        _run = sending.Exchange();
        _run.TakePeerInit(payload, first ? null : Algorithms.StrictKeyExchange);
        if (!first && terms.Role == SshRole.Server && KeyExchange.IsCostly(_run.Agreed!.KeyExchange))
        {
            stranger.RefuseExchange();
        }

        bool strict = _run.Agreed!.StrictKeyExchange;
        if (first && strict && reader.Sequence != 1)
        {
            throw new SshProtocolException("A strict key exchange must begin with KEXINIT.", DisconnectReason.KeyExchangeFailed);
        }

        DropsGuess = _run.DropsGuess;
        _bytesBeforePeerInit = 0;
        Stage = first ? (strict ? Transport.Stage.FirstKexMethodStrict : Transport.Stage.FirstKexMethod) : Transport.Stage.RekeyMethod;
        if (terms.Role == SshRole.Client)
        {
            sending.AddToExchange(_run.ClientMessage());
        }

        sending.Kick();
    }

    /// <summary>Server: the client's method message. A costly first exchange waits for its turn, and nothing is received until then.</summary>
    public void Answer(ReadOnlySpan<byte> payload)
    {
        if (Count == 0 && options.CostlyKeyExchanges is not null && KeyExchange.IsCostly(_run!.Agreed!.KeyExchange))
        {
            _awaitsTurn = payload.ToArray();
            return;
        }

        AnswerNow(payload);
    }

    /// <summary>Cancelling leaves the exchange without an answer.</summary>
    public async ValueTask AnswerInTurnAsync(CancellationToken ct)
    {
        using CostlyKeyExchanges.Turn turn = await options.CostlyKeyExchanges!.EnterAsync(ct).ConfigureAwait(false);
        byte[] payload = _awaitsTurn!;
        _awaitsTurn = null;
        AnswerNow(payload);
    }

    private void AnswerNow(ReadOnlySpan<byte> payload)
    {
        sending.AddToExchange(_run!.ServerAnswer(payload, terms));
        SendNewKeys();
    }

    /// <summary>Client: the server's answer. The first one waits for consent, a later one must come with the same host key.</summary>
    public void Verify(ReadOnlySpan<byte> payload)
    {
        ShownHostKey shown = _run!.ClientVerify(payload);
        if (HostKey is null)
        {
            (HostKey, HostCertificate) = shown;
            HostKeyAwaitsConsent = true;
            return;
        }

        if (!HostKey.Equals(shown.Key))
        {
            throw new SshProtocolException("The server came with another host key.", DisconnectReason.HostKeyNotVerifiable);
        }

        SendNewKeys();
    }

    public void HostKeyAccepted()
    {
        HostKeyAwaitsConsent = false;
        SendNewKeys();
    }

    public void TakeNewKeys(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 1)
        {
            throw new SshProtocolException("NEWKEYS holds more than its number.");
        }

        reader.Use(_nextReceive!, Algorithms.StrictKeyExchange);
        _nextReceive = null;
        _run = null;
        Count++;
        Stage = null;
        sending.EndExchange();
        Log.KeysAgreed(_log, terms.Role, Count, Algorithms.KeyExchange, Algorithms.CipherToServer, Algorithms.CipherToClient);
    }

    /// <summary>The running exchange belongs to the sending side.</summary>
    public void Dispose() => _nextReceive?.Dispose();

    private void SendNewKeys()
    {
        KexRun run = _run!;
        bool first = Count == 0;
        if (first)
        {
            SessionId = run.ExchangeHash;
        }

        // Before anybody can send under the new keys.
        Algorithms = run.Agreed!;
        bool strict = Algorithms.StrictKeyExchange;
        (PacketCipher send, _nextReceive) = run.Keys(SessionId.Span);
        byte[] extensions = first && terms.Role == SshRole.Server && run.PeerReadsExtensions ? ExtInfo.OfServer(options.Algorithms.UserKeySignatures) : [];
        Stage = first ? (strict ? Transport.Stage.FirstNewKeysStrict : Transport.Stage.FirstNewKeys) : Transport.Stage.RekeyNewKeys;
        sending.ChangeKeys(send, strict, extensions);
    }
}
