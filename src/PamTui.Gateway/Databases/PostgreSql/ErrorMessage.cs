using System.Text;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>ErrorResponse ("Error and Notice Message Fields"): the fields that anything here depends on.</summary>
/// <param name="Severity">"ERROR", "FATAL" or "PANIC", whatever the language of the server.</param>
/// <param name="Code">The SQLSTATE; five letters and digits.</param>
/// <param name="Text">In the server's words and language.</param>
internal sealed record ErrorMessage(string Severity, string Code, string Text)
{
    public const string ConnectionRefused = "08004";
    public const string ProtocolViolation = "08P01";
    public const string InvalidParameter = "22023";
    public const string ReadOnlyTransaction = "25006";
    public const string InvalidAuthorization = "28000";
    public const string AdminShutdown = "57P01";

    private const int CodeLength = 5;

    /// <summary>After it the server closes the connection.</summary>
    public bool IsLast => Severity is not "ERROR";

    /// <param name="cut">Not all of the body is here; its first fields are what matters.</param>
    public static ErrorMessage Read(ReadOnlySpan<byte> body, bool cut = false)
    {
        string severity = "ERROR";
        string? local = null;
        string code = "";
        string text = "";
        WireReader reader = new(body);
        while (!reader.AtEnd && reader.Byte() is not 0 and byte field && !(cut && reader.Rest.IndexOf((byte)0) < 0))
        {
            ReadOnlySpan<byte> value = reader.CString();
            switch (field)
            {
                // Servers before 9.6 have none, and the localized one may be in English.
                case (byte)'V':
                    local = Encoding.UTF8.GetString(value);
                    break;
                case (byte)'S':
                    severity = Encoding.UTF8.GetString(value);
                    break;
                case (byte)'C':
                    code = value.Length == CodeLength && value.IndexOfAnyExcept(s_codeLetters) < 0 ? Encoding.ASCII.GetString(value) : "XX000";
                    break;
                case (byte)'M':
                    text = Encoding.UTF8.GetString(value);
                    break;
                default:
                    break;
            }
        }

        return new ErrorMessage(local ?? severity, code, text);
    }

    public ReadOnlyMemory<byte> Write() => new MessageWriter().Begin(Backend.ErrorResponse)
        .Byte((byte)'S').CString(Severity)
        .Byte((byte)'V').CString(Severity)
        .Byte((byte)'C').CString(Code)
        .Byte((byte)'M').CString(Text)
        .Byte(0)
        .End().Written;

    private static readonly System.Buffers.SearchValues<byte> s_codeLetters = System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);
}
