using BenchmarkDotNet.Attributes;
using PamTui.Ssh.Crypto;

namespace PamTui.Benchmarks;

/// <summary>What one exchange costs the server before it knows who asks: the limit on unauthenticated connections stands on these.</summary>
[MemoryDiagnoser]
public class KeyExchangeBenchmarks
{
    private byte[] _init = [];

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    public static IEnumerable<string> Names => KeyExchange.Names.Where(name => !name.Contains('@'));

    [GlobalSetup]
    public void Setup()
    {
        using KeyExchange client = KeyExchange.Create(Name);
        _init = client.ClientInit();
    }

    /// <summary>What a sign-in at a target costs the gateway before the target answers.</summary>
    [Benchmark]
    public int Client()
    {
        using KeyExchange client = KeyExchange.Create(Name);
        return client.ClientInit().Length;
    }

    [Benchmark]
    public int Server()
    {
        using KeyExchange server = KeyExchange.Create(Name);
        byte[] reply = server.ServerReply(_init, out SharedSecret secret);
        secret.Dispose();
        return reply.Length;
    }
}
