using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>
/// hostkeys-00@openssh.com of a target (OpenSSH's PROTOCOL, 2.5): it says which host keys it has, and proves on demand that it holds them. What is
/// neither pinned nor known is asked about once in a session. The relay's loop only passes bytes through here; what was proven is read elsewhere.
/// </summary>
/// <param name="resource">The target as the session was opened with it.</param>
/// <param name="sessionId">Of the target's leg: the proof is bound to it.</param>
internal sealed class HostKeyLearner(Resource resource, ReadOnlyMemory<byte> sessionId)
{
    private const string ProveName = "hostkeys-prove-00@openssh.com";
    private const int MaxAnnounced = 64;
    private const int MaxAsked = 16;
    private const int MaxSignature = 2048;

    private readonly TaskCompletionSource<byte[]> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<SshPublicKey> _asked = [];
    private bool _announced;

    /// <summary>The target's whole answer to the question; empty when there is none. Completes at the latest with <see cref="Stop"/>.</summary>
    public Task<byte[]> Reply => _reply.Task;

    /// <summary>The question to send, as a global request that wants a reply; null when there is nothing to ask.</summary>
    /// <param name="announced">The keys, each a string, to the end of the message.</param>
    public byte[]? Ask(ReadOnlySpan<byte> announced)
    {
        if (_announced)
        {
            return null;
        }

        _announced = true;
        _asked = NewKeys(announced);
        return _asked.Count == 0 ? null : RelayMessages.Prove(ProveName, _asked);
    }

    public void Answered(ReadOnlySpan<byte> reply) => _reply.TrySetResult(reply.ToArray());

    /// <summary>The session is over: nothing will come any more.</summary>
    public void Stop() => _reply.TrySetResult([]);

    /// <summary>The keys that were asked for, when the target has proven to hold every one of them; else null.</summary>
    public IReadOnlyList<SeenHostKey>? Proven(byte[] reply)
    {
        try
        {
            SshReader reader = new(reply);
            if (reader.Byte() != MessageId.RequestSuccess)
            {
                return null;
            }

            foreach (SshPublicKey key in _asked)
            {
                ReadOnlySpan<byte> signature = reader.String(MaxSignature);
                byte[] signed = RelayMessages.SignedByHostKey(ProveName, sessionId.Span, key);
                string algorithm = new SshReader(signature).AsciiName(64);
                if (!key.Verify(algorithm, signature, signed))
                {
                    return null;
                }
            }

            reader.End();
            return [.. _asked.Select(key => new SeenHostKey(key.KeyType, key.Fingerprint))];
        }
        catch (SshProtocolException)
        {
            return null;
        }
    }

    /// <summary>What a target announces in a form or of a type that we do not know is of no use, and no reason to end a session.</summary>
    private List<SshPublicKey> NewKeys(ReadOnlySpan<byte> announced)
    {
        List<SshPublicKey> keys = [];
        try
        {
            SshReader reader = new(announced);
            for (int count = 0; reader.Remaining > 0 && count < MaxAnnounced && keys.Count < MaxAsked; count++)
            {
                if (TryParse(reader.String(SshCertificate.MaxBlob)) is { } key && !IsKnown(key) && !keys.Contains(key))
                {
                    keys.Add(key);
                }
            }
        }
        catch (SshProtocolException)
        {
            keys.Clear();
        }

        return keys;
    }

    private bool IsKnown(SshPublicKey key) =>
        resource.HostKeys.Concat(resource.OfferedHostKeys).Any(pin => pin.Fingerprint == key.Fingerprint);

    private static SshPublicKey? TryParse(ReadOnlySpan<byte> blob)
    {
        try
        {
            return SshPublicKey.Parse(blob, AlgorithmTypes);
        }
        catch (SshProtocolException)
        {
            return null;
        }
    }

    private static IReadOnlyCollection<string> AlgorithmTypes { get; } =
        ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];
}
