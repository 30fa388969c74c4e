using System.Text;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>In what the client's texts are, as the server reports it: read as UTF-8, or else byte by byte, which loses nothing.</summary>
internal sealed class ClientEncoding
{
    private volatile Encoding _now = Encoding.UTF8;

    public Encoding Now => _now;

    /// <param name="body">Of a ParameterStatus.</param>
    public void Reported(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (reader.CString().SequenceEqual("client_encoding"u8))
        {
            ReadOnlySpan<byte> name = reader.CString();
            _now = name.SequenceEqual("UTF8"u8) || name.SequenceEqual("SQL_ASCII"u8) ? Encoding.UTF8 : Encoding.Latin1;
        }
    }
}
