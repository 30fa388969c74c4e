using System.Text;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// In what the client's texts are, as the server reports it: read as UTF-8, or else byte by byte, which loses nothing. And what a backslash is
/// in their literals.
/// </summary>
internal sealed class ClientEncoding
{
    /// <summary>The setting that says what a backslash is.</summary>
    public const string BackslashSetting = "standard_conforming_strings";

    private volatile Encoding _now = Encoding.UTF8;
    private volatile Backslash _backslash;

    public Encoding Now => _now;

    public Backslash Backslash => _backslash;

    /// <param name="body">Of a ParameterStatus.</param>
    public void Reported(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        ReadOnlySpan<byte> setting = reader.CString();
        if (setting.SequenceEqual("standard_conforming_strings"u8))
        {
            _backslash = reader.CString().SequenceEqual("off"u8) ? Backslash.Escape : Backslash.Character;
        }
        else if (setting.SequenceEqual("client_encoding"u8))
        {
            ReadOnlySpan<byte> name = reader.CString();
            _now = name.SequenceEqual("UTF8"u8) || name.SequenceEqual("SQL_ASCII"u8) ? Encoding.UTF8 : Encoding.Latin1;
        }
    }
}
