using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>The cipher on libcrypto. The three native contexts are made once for the direction.</summary>
internal sealed class NativeChaChaPolyCipher : ChaChaPolyCipher
{
    private readonly LibCrypto _library;
    private readonly Contexts _contexts;
    private readonly byte[] _polyKey = GC.AllocateArray<byte>(ChaCha20.BlockLength, pinned: true);

    public NativeChaChaPolyCipher(LibCrypto library, ReadOnlySpan<byte> key)
    {
        _library = library;
        _contexts = new Contexts(library);
        library.SetChaChaKey(_contexts.Body, key[..HalfKey]);
        library.SetChaChaKey(_contexts.Length, key[HalfKey..]);
    }

    public override uint ReadLength(uint sequence, Span<byte> head)
    {
        using Contexts.Use use = _contexts.Hold();
        return base.ReadLength(sequence, head);
    }

    public override bool Open(uint sequence, Span<byte> packet, out Span<byte> body)
    {
        using Contexts.Use use = _contexts.Hold();
        return base.Open(sequence, packet, out body);
    }

    public override void Seal(uint sequence, Span<byte> packet)
    {
        using Contexts.Use use = _contexts.Hold();
        base.Seal(sequence, packet);
    }

    public override void Dispose()
    {
        _contexts.Dispose();
        CryptographicOperations.ZeroMemory(_polyKey);
    }

    protected override void CryptLength(uint sequence, Span<byte> length)
    {
        SetStart(_contexts.Length, sequence);
        _library.Xor(_contexts.Length, length);
    }

    protected override void Start(uint sequence)
    {
        SetStart(_contexts.Body, sequence);
        _polyKey.AsSpan().Clear();
        _library.Xor(_contexts.Body, _polyKey);
    }

    protected override void CryptBody(Span<byte> body) => _library.Xor(_contexts.Body, body);

    protected override void Authenticate(ReadOnlySpan<byte> covered, Span<byte> tag) =>
        _library.Poly1305Tag(_contexts.Mac, _polyKey.AsSpan(0, Poly1305.KeyLength), covered, tag);

    private void SetStart(nint context, uint sequence)
    {
        Span<byte> start = stackalloc byte[16];
        start.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(start[12..], sequence);
        _library.SetChaChaStart(context, start);
    }

    /// <summary>Owns the native contexts; a dispose while a packet is in work frees them when that packet is done.</summary>
    private sealed class Contexts : SafeHandle
    {
        private readonly LibCrypto _library;

        public Contexts(LibCrypto library)
            : base(0, ownsHandle: true)
        {
            _library = library;
            Length = library.NewCipherContext();
            Mac = library.NewMacContext();
            SetHandle(library.NewCipherContext());
        }

        public nint Body => handle;

        public nint Length { get; }

        public nint Mac { get; }

        public override bool IsInvalid => handle == 0;

        public Use Hold()
        {
            bool held = false;
            DangerousAddRef(ref held);
            return new Use(this);
        }

        protected override bool ReleaseHandle()
        {
            _library.FreeCipherContext(handle);
            _library.FreeCipherContext(Length);
            _library.FreeMacContext(Mac);
            return true;
        }

        internal readonly ref struct Use(Contexts contexts)
        {
            public void Dispose() => contexts.DangerousRelease();
        }
    }
}
