using System.Runtime.InteropServices;

namespace PamTui.Ssh.Crypto;

/// <summary>The stream on libcrypto, whose AES works on several blocks at once and needs no second pass for the xor.</summary>
internal sealed class NativeCounterKeystream : CounterKeystream
{
    private readonly LibCrypto _library;
    private readonly Context _context;

    public NativeCounterKeystream(LibCrypto library, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _library = library;
        _context = new Context(library);
        library.SetAesCtr(_context.DangerousGetHandle(), key, iv);
    }

    public override void Xor(Span<byte> data)
    {
        bool held = false;
        try
        {
            // A dispose meanwhile frees the context when this packet is done.
            _context.DangerousAddRef(ref held);
            _library.Xor(_context.DangerousGetHandle(), data);
        }
        finally
        {
            if (held)
            {
                _context.DangerousRelease();
            }
        }
    }

    public override void Dispose() => _context.Dispose();

    private sealed class Context : SafeHandle
    {
        private readonly LibCrypto _library;

        public Context(LibCrypto library)
            : base(0, ownsHandle: true)
        {
            _library = library;
            SetHandle(library.NewCipherContext());
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            _library.FreeCipherContext(handle);
            return true;
        }
    }
}
