namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>StartupMessage: the version that the client would like, and its parameters in the order it gave them.</summary>
internal sealed record StartupPacket(int Version, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    public const int Version30 = 3 << 16;

    /// <summary>The newest that the gateway speaks. There never was a 3.1.</summary>
    public const int Version32 = Version30 | 2;

    /// <summary>Names of protocol extensions begin so; none is known here.</summary>
    private const string Extension = "_pq_.";

    /// <summary>The version that both sides speak.</summary>
    public int Agreed => Version >= Version32 ? Version32 : Version30;

    public IEnumerable<string> Extensions => Parameters.Select(pair => pair.Key).Where(name => name.StartsWith(Extension, StringComparison.Ordinal));

    /// <summary>The client must hear what of its wishes is not had (NegotiateProtocolVersion).</summary>
    public bool NeedsNegotiation => Version != Agreed || Extensions.Any();

    /// <summary>All but extensions.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings => Parameters.Where(pair => !pair.Key.StartsWith(Extension, StringComparison.Ordinal));

    public static StartupPacket Read(int version, ReadOnlySpan<byte> body)
    {
        if (version >> 16 != 3)
        {
            throw new BrokenProtocolException($"Protocol version {version >> 16}.{version & 0xFFFF} is not spoken here, but 3.0 and 3.2.");
        }

        List<KeyValuePair<string, string>> parameters = [];
        WireReader reader = new(body);
        while (true)
        {
            string name = reader.Text();
            if (name.Length == 0)
            {
                reader.End();
                return new StartupPacket(version, parameters);
            }

            parameters.Add(new(name, reader.Text()));
        }
    }

    /// <summary>As it goes to a target: protocol 3.0, which every server speaks.</summary>
    public static ReadOnlyMemory<byte> Write(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        MessageWriter writer = new MessageWriter().Begin(null).Int32(Version30);
        foreach ((string name, string value) in parameters)
        {
            writer.CString(name).CString(value);
        }

        return writer.Byte(0).End().Written;
    }

    public void WriteNegotiation(MessageWriter writer)
    {
        string[] unknown = [.. Extensions];
        writer.Begin(Backend.NegotiateProtocolVersion).Int32(Agreed).Int32(unknown.Length);
        foreach (string name in unknown)
        {
            writer.CString(name);
        }

        writer.End();
    }
}
