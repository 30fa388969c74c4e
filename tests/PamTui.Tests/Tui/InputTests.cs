using System.Collections.Concurrent;
using System.Text;
using PamTui.Tui.Terminal;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;

namespace PamTui.Tests.Tui;

public sealed class InputTests
{
    /// <summary>Forms of keys the library knows with numbers it does not: what kills it in 2.5.0.</summary>
    public static TheoryData<string> Deadly => ["\e[0~", "\e[7~", "\e[8~", "\e[9~", "\e[10~", "\e[16~", "\e[22~", "\e[25~", "\e[99~", "\e[201~"];

    [Fact]
    public void A_character_split_between_any_two_packets_arrives_whole()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("aż語😀\e[A");
        for (int split = 0; split <= bytes.Length; split++)
        {
            MemoryChannel channel = new();
            ChannelInput input = new(channel, () => { });
            channel.Send(bytes.AsMemory(0, split));
            ConcurrentQueue<char> queue = new();
            input.Initialize(queue);
            channel.Send(bytes.AsMemory(split));
            Assert.Equal("aż語😀\e[A", string.Concat(queue));
        }
    }

    [Fact]
    public void Input_that_nobody_handles_stops_growing()
    {
        MemoryChannel channel = new();
        ChannelInput input = new(channel, () => { });
        ConcurrentQueue<char> queue = new();
        input.Initialize(queue);
        byte[] flood = new byte[1024 * 1024];
        flood.AsSpan().Fill((byte)'x');
        for (int i = 0; i < 8; i++)
        {
            channel.Send(flood);
        }

        Assert.InRange(queue.Count, 1, (2 * 1024 * 1024) + 2048);
    }

    [Theory]
    [MemberData(nameof(Deadly))]
    public void E1_a_key_nobody_knows_is_dropped_and_the_next_one_arrives(string sequence)
    {
        ConcurrentQueue<char> queue = new();
        SafeAnsiInputProcessor processor = new(queue);
        List<Key> keys = [];
        processor.KeyDown += (_, key) => keys.Add(key);
        foreach (char c in sequence + "a")
        {
            queue.Enqueue(c);
        }

        processor.ProcessQueue();
        Assert.Equal(Key.A, keys[^1]);
        Assert.Equal(1, processor.Screened);
    }

    [Theory]
    [InlineData("\e[7~", "Home")]
    [InlineData("\e[8~", "End")]
    public void Home_and_End_of_rxvt_and_PuTTY_are_understood(string sequence, string name)
    {
        ConcurrentQueue<char> queue = new(sequence);
        SafeAnsiInputProcessor processor = new(queue);
        List<Key> keys = [];
        processor.KeyDown += (_, key) => keys.Add(key);
        processor.ProcessQueue();
        Assert.Equal(name == "Home" ? Key.Home : Key.End, Assert.Single(keys));
    }

    [Fact]
    public void A_bracketed_paste_arrives_as_one_text_and_not_as_keys()
    {
        ConcurrentQueue<char> queue = new("\e[200~q\nx~\e[201~b");
        SafeAnsiInputProcessor processor = new(queue);
        List<Key> keys = [];
        List<string> pastes = [];
        processor.KeyDown += (_, key) => keys.Add(key);
        processor.Paste += (_, text) => pastes.Add(text);
        processor.ProcessQueue();
        Assert.Equal("q\nx~", Assert.Single(pastes));
        Assert.Equal(Key.B, Assert.Single(keys));
    }

    /// <summary>When this fails, the library handles such keys itself and <see cref="SafeAnsiInputProcessor"/> can go.</summary>
    [Fact]
    public void The_librarys_own_processor_still_dies_of_them()
    {
        ConcurrentQueue<char> queue = new("\e[8~");
        AnsiInputProcessor stock = new(queue);
        Assert.ThrowsAny<Exception>(stock.ProcessQueue);
    }

    [Fact]
    public void E1_no_bytes_make_the_processor_throw()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            ConcurrentQueue<char> queue = new();
            SafeAnsiInputProcessor processor = new(queue);
            for (int i = 0; i < 3000; i++)
            {
                foreach (char c in Piece(random))
                {
                    queue.Enqueue(c);
                }

                processor.ProcessQueue();
            }
        }
    }

    internal static string Piece(Random random) => random.Next(8) switch
    {
        0 => "\e[" + random.Next(0, 70000) + "~",
        1 => "\e[" + random.Next(0, 300) + ";" + random.Next(0, 300) + (char)random.Next('@', 127),
        2 => "\eO" + (char)random.Next(' ', 127),
        3 => "\e[<" + random.Next(0, 200) + ";" + random.Next(0, 70000) + ";" + random.Next(0, 70000) + (random.Next(2) == 0 ? "M" : "m"),
        4 => "\e]" + random.Next(0, 200) + ";" + (char)random.Next(' ', 127) + (random.Next(2) == 0 ? "\a" : "\e\\"),
        5 => "\e[200~" + (char)random.Next(0, 400) + "\e[201~",
        6 => new string((char)random.Next(0, 0x300), random.Next(1, 4)),
        _ => ((char)random.Next(0, 256)).ToString(),
    };
}
