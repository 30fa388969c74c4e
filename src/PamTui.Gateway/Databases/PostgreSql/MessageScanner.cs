using System.Buffers;
using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// Finds the messages in a stream as it goes by in pieces of any size. Of a body as much is kept as somebody wants to read, and no more; the
/// rest is only counted.
/// </summary>
/// <param name="keep">Of type and length of a body: how many of its first bytes are wanted. Throws for what the peer may not send.</param>
internal sealed class MessageScanner(Func<byte, int, int> keep) : IDisposable
{
    private const int HeadLength = 5;

    private readonly byte[] _head = new byte[HeadLength];
    private byte[] _kept = [];
    private int _headCount;
    private int _wanted;
    private int _seen;

    /// <summary>Of the message that is going by; 0: its head is not complete.</summary>
    public byte Type { get; private set; }

    /// <summary>Of that message, in full.</summary>
    public int BodyLength { get; private set; }

    /// <summary>Nothing of a message is going by.</summary>
    public bool AtBoundary => _headCount == 0;

    /// <summary>Takes the next bytes of one message off the piece.</summary>
    /// <param name="raw">Those bytes.</param>
    /// <param name="body">What was kept of the body, when the message is complete.</param>
    /// <returns>True: the message is complete. <see cref="Type"/> and <see cref="BodyLength"/> are its until the next call.</returns>
    public bool Next(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (_headCount == 0 && piece.Length >= HeadLength)
        {
            Begin(piece);
            if (piece.Length - HeadLength >= BodyLength)
            {
                raw = piece[..(HeadLength + BodyLength)];
                body = raw.Slice(HeadLength, _wanted);
                piece = piece[raw.Length..];
                return true;
            }
        }

        ReadOnlySpan<byte> start = piece;
        if (_headCount < HeadLength)
        {
            int count = Math.Min(HeadLength - _headCount, piece.Length);
            piece[..count].CopyTo(_head.AsSpan(_headCount));
            piece = piece[count..];
            _headCount += count;
            if (_headCount < HeadLength)
            {
                Type = 0;
                raw = start;
                return false;
            }

            Begin(_head);
            _seen = 0;
            if (_kept.Length < _wanted)
            {
                Return();
                _kept = ArrayPool<byte>.Shared.Rent(_wanted);
            }
        }

        int more = Math.Min(BodyLength - _seen, piece.Length);
        if (_seen < _wanted)
        {
            piece[..Math.Min(more, _wanted - _seen)].CopyTo(_kept.AsSpan(_seen));
        }

        _seen += more;
        piece = piece[more..];
        raw = start[..(start.Length - piece.Length)];
        if (_seen < BodyLength)
        {
            return false;
        }

        _headCount = 0;
        body = _kept.AsSpan(0, _wanted);
        return true;
    }

    public void Dispose() => Return();

    private void Begin(ReadOnlySpan<byte> head)
    {
        Type = head[0];
        int length = BinaryPrimitives.ReadInt32BigEndian(head[1..]);
        if (length < sizeof(int))
        {
            throw new BrokenProtocolException("A message has an impossible length.");
        }

        BodyLength = length - sizeof(int);
        _wanted = Math.Min(BodyLength, keep(Type, BodyLength));
    }

    private void Return()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
        }
    }
}
