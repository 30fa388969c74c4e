using System.Buffers;
using System.Text;
using CsCheck;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Wire;

namespace PamTui.Tests.GatewayTests;

public sealed class RelayTableTests
{
    private const uint U = 7;
    private const uint T = 40;

    private readonly List<byte[]> _toUser = [];
    private readonly List<byte[]> _toTarget = [];
    private readonly RelayTable _table;

    private delegate void Fields(ref SshWriter writer);

    public RelayTableTests() =>
        _table = new RelayTable(new RelayPolicy(["LANG", "LC_*", "TERM"]), 3, payload => _toUser.Add(payload.ToArray()), payload => _toTarget.Add(payload.ToArray()));

    [Fact]
    public void Session_passes_as_it_is_in_both_directions()
    {
        byte[][] fromUser = [Open(U), Request(T, "exec", true, "id"u8), Data(T, "in"u8), Simple(MessageId.ChannelEof, T), Simple(MessageId.ChannelClose, T)];
        byte[][] fromTarget = [Confirm(U, T), Simple(MessageId.ChannelSuccess, U), Data(U, "out"u8), ExtendedData(U, "err"u8), Request(U, "exit-status", false, [0, 0, 0, 7]), Simple(MessageId.ChannelEof, U), Simple(MessageId.ChannelClose, U)];

        _table.Take(Side.User, fromUser[0]);
        _table.Take(Side.Target, fromTarget[0]);
        Array.ForEach(fromUser[1..], payload => Assert.False(_table.Take(Side.User, payload)));
        Array.ForEach(fromTarget[1..], payload => Assert.False(_table.Take(Side.Target, payload)));

        Assert.Equal(fromUser, _toTarget);
        Assert.Equal(fromTarget, _toUser);
        Assert.Equal((2, 6, 0), (_table.BytesIn, _table.BytesOut, _table.Count));
    }

    [Theory]
    [InlineData("direct-tcpip")]
    [InlineData("direct-streamlocal@openssh.com")]
    [InlineData("x11")]
    [InlineData("auth-agent@openssh.com")]
    [InlineData("tun@openssh.com")]
    [InlineData("forwarded-tcpip")]
    [InlineData("nobody-knows@example.com")]
    public void C9_channel_that_is_no_session_is_prohibited_and_the_target_never_hears_of_it(string kind)
    {
        Assert.True(_table.Take(Side.User, Open(U, kind)));

        Assert.Empty(_toTarget);
        Assert.Equal([MessageId.ChannelOpenFailure, 0, 0, 0, (byte)U, 0, 0, 0, 1], _toUser.Single()[..9]);
        Assert.Equal(0, _table.Count);
    }

    [Theory]
    [InlineData("auth-agent@openssh.com")]
    [InlineData("x11")]
    [InlineData("forwarded-tcpip")]
    [InlineData("session")]
    public void C10_target_opens_no_channel_towards_the_user(string kind)
    {
        Assert.True(_table.Take(Side.Target, Open(3, kind)));

        Assert.Empty(_toUser);
        Assert.Equal(MessageId.ChannelOpenFailure, _toTarget.Single()[0]);
    }

    [Fact]
    public void C14_channel_without_permission_is_refused_in_words()
    {
        Assert.True(_table.Take(Side.User, Open(U), "Your grant has ended."));

        Assert.Empty(_toTarget);
        Assert.Contains("Your grant has ended.", Encoding.UTF8.GetString(_toUser.Single()), StringComparison.Ordinal);
    }

    [Fact]
    public void C2_refused_opens_leave_no_trace_and_the_cap_holds()
    {
        for (uint i = 0; i < 100_000; i++)
        {
            _table.Take(Side.User, Open(i), "no");
            _toUser.Clear();
        }

        Assert.Equal(0, _table.Count);
        for (uint i = 0; i < 5; i++)
        {
            _table.Take(Side.User, Open(i));
        }

        Assert.Equal((3, 3, 2), (_table.Count, _toTarget.Count, _toUser.Count));
    }

    [Fact]
    public void C8_refusal_of_the_target_reaches_the_user_and_frees_the_number()
    {
        _table.Take(Side.User, Open(U));
        byte[] failure = Message(MessageId.ChannelOpenFailure, (ref SshWriter w) =>
        {
            w.UInt32(U);
            w.UInt32(1);
            w.String("open failed");
            w.String("");
        });

        _table.Take(Side.Target, failure);
        _table.Take(Side.User, Open(U));

        Assert.Equal(failure, _toUser.Single());
        Assert.Equal(1, _table.Count);
    }

    [Theory]
    [InlineData("LANG", true)]
    [InlineData("LC_ALL", true)]
    [InlineData("TERM", true)]
    [InlineData("LC", false)]
    [InlineData("LD_PRELOAD", false)]
    [InlineData("BASH_ENV", false)]
    [InlineData("GIT_SSH_COMMAND", false)]
    [InlineData("LANG\0", false)]
    [InlineData("", false)]
    public void C11_only_listed_variables_reach_the_target(string name, bool passes)
    {
        OpenChannel();
        byte[] value = Message(0, (ref SshWriter w) =>
        {
            w.String(name);
            w.String("x");
        })[1..];

        bool answered = _table.Take(Side.User, Request(T, "env", true, value));

        Assert.Equal(passes, _toTarget.Count == 2);
        Assert.Equal(!passes, answered);
    }

    [Fact]
    public void Own_refusal_waits_for_the_replies_that_are_due_before_it()
    {
        OpenChannel();
        _toUser.Clear();
        _table.Take(Side.User, Request(T, "pty-req", true, []));
        Assert.False(_table.Take(Side.User, Request(T, "x11-req", true, [])));
        Assert.False(_table.Take(Side.User, Request(T, "auth-agent-req@openssh.com", true, [])));
        _table.Take(Side.User, Request(T, "shell", true, []));

        _table.Take(Side.Target, Simple(MessageId.ChannelSuccess, U));
        Assert.Equal([MessageId.ChannelSuccess, MessageId.ChannelFailure, MessageId.ChannelFailure], _toUser.Select(payload => payload[0]));
        _table.Take(Side.Target, Simple(MessageId.ChannelSuccess, U));

        Assert.Equal(MessageId.ChannelSuccess, _toUser[^1][0]);
        Assert.All(_toUser, payload => Assert.Equal([0, 0, 0, (byte)U], payload[1..5]));
        Assert.True(_table.Take(Side.User, Request(T, "x11-req", true, [])));
    }

    [Fact]
    public void Global_requests_for_forwarding_are_refused_in_their_turn()
    {
        byte[] alive = Global("keepalive@openssh.com", true);
        _table.Take(Side.User, alive);
        Assert.False(_table.Take(Side.User, Global("tcpip-forward", true)));
        Assert.False(_table.Take(Side.User, Global("streamlocal-forward@openssh.com", false)));
        _table.Take(Side.User, Global("no-more-sessions@openssh.com", false));

        _table.Take(Side.Target, [MessageId.RequestSuccess]);

        Assert.Equal([alive, Global("no-more-sessions@openssh.com", false)], _toTarget);
        Assert.Equal([[MessageId.RequestSuccess], [MessageId.RequestFailure]], _toUser);
        Assert.True(_table.Take(Side.User, Global("tcpip-forward", true)));
        Assert.Equal(3, _toUser.Count);
    }

    [Fact]
    public void Host_keys_of_the_target_are_not_taught_to_the_client()
    {
        _table.Take(Side.Target, Global("hostkeys-00@openssh.com", false));
        Assert.True(_table.Take(Side.User, Global("hostkeys-prove-00@openssh.com", true)));
        Assert.True(_table.Take(Side.Target, Global("tcpip-forward", true)));

        Assert.Equal([[MessageId.RequestFailure]], _toUser);
        Assert.Equal([[MessageId.RequestFailure]], _toTarget);
    }

    [Fact]
    public void Answer_to_a_question_of_the_gateway_itself_is_not_passed_on()
    {
        _table.Ask(Side.User);
        _table.Take(Side.Target, Global("keepalive@openssh.com", true));

        _table.Take(Side.User, [MessageId.RequestFailure]);
        Assert.Empty(_toTarget);
        _table.Take(Side.User, [MessageId.RequestFailure]);
        Assert.Equal([[MessageId.RequestFailure]], _toTarget);
    }

    [Fact]
    public void Answer_of_the_target_to_a_question_of_the_gateway_is_not_taken_for_the_answer_to_the_users()
    {
        byte[] alive = Global("keepalive@openssh.com", true);
        _table.Ask(Side.Target);
        _table.Take(Side.User, alive);
        _table.Ask(Side.Target);
        Assert.Equal([alive, alive, alive], _toTarget);

        _table.Take(Side.Target, [MessageId.RequestFailure]);
        Assert.Empty(_toUser);
        _table.Take(Side.Target, [MessageId.RequestSuccess]);
        Assert.Equal([[MessageId.RequestSuccess]], _toUser);
        _table.Take(Side.Target, [MessageId.RequestFailure]);
        Assert.Single(_toUser);
    }

    [Fact]
    public void End_that_never_answers_such_a_question_is_asked_without_end()
    {
        for (int i = 0; i < 1000; i++)
        {
            _table.Ask(Side.Target);
            _table.Ask(Side.User);
        }

        Assert.Equal((1000, 1000), (_toTarget.Count, _toUser.Count));
        _table.Take(Side.User, Global("keepalive@openssh.com", true));
    }

    [Fact]
    public void C1_flood_of_replies_that_nobody_waits_for_goes_nowhere()
    {
        OpenChannel();
        (int users, int targets) = (_toUser.Count, _toTarget.Count);
        for (int i = 0; i < 10_000; i++)
        {
            _table.Take(Side.Target, Simple(MessageId.ChannelSuccess, U));
            _table.Take(Side.User, Simple(MessageId.ChannelFailure, T));
            _table.Take(Side.Target, [MessageId.RequestSuccess]);
            _table.Take(Side.User, [MessageId.RequestFailure]);
        }

        Assert.Equal((users, targets), (_toUser.Count, _toTarget.Count));
    }

    [Fact]
    public void Requests_without_end_before_any_reply_end_the_connection()
    {
        OpenChannel();
        Assert.Throws<SshProtocolException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _table.Take(Side.User, Request(T, "keepalive@openssh.com", true, []));
            }
        });
    }

    [Fact]
    public void Message_for_a_channel_that_is_not_open_breaks_the_protocol()
    {
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.User, Data(T, "x"u8)));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.Target, Confirm(U, T)));
        _table.Take(Side.User, Open(U));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.Target, Data(U, "x"u8)));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.User, Confirm(U, T)));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.User, Open(U)));
        _table.Take(Side.Target, Confirm(U, T));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.Target, Confirm(U, T + 1)));
        Assert.Throws<SshProtocolException>(() => _table.Take(Side.User, [.. Data(T, "x"u8), 0]));
    }

    [Theory]
    [InlineData(40u, true)]
    [InlineData(20u, false)]
    public void Last_line_fits_the_users_window_or_is_left_out_and_the_channel_is_closed(uint window, bool fits)
    {
        OpenChannel(window);
        _toUser.Clear();

        Assert.Equal(1, _table.End("session ended: killed by bob"));

        byte[] close = Simple(MessageId.ChannelClose, U);
        Assert.Equal(fits ? [ExtendedData(U, "session ended: killed by bob\n"u8), close] : [close], _toUser);
        Assert.Equal(0, _table.End("once is enough"));
    }

    [Fact]
    public void Room_that_a_line_of_ours_took_is_not_given_to_the_target_a_second_time()
    {
        OpenChannel(window: 100_000);
        _table.Take(Side.User, Request(T, "pty-req", false, []));
        _table.Tell("notice");
        int length = "\r\nnotice\r\n".Length;
        _toTarget.Clear();

        _table.Take(Side.User, Adjust(T, 4));
        _table.Take(Side.User, Adjust(T, 100));
        _table.Take(Side.User, Adjust(T, 50));

        Assert.Equal([Adjust(T, (uint)(104 - length)), Adjust(T, 50)], _toTarget);
    }

    [Fact]
    public void Notice_is_for_people_not_for_programs()
    {
        OpenChannel(window: 100_000);
        _toUser.Clear();

        _table.Tell("the gateway stops");
        Assert.Empty(_toUser);

        _table.Take(Side.User, Request(T, "pty-req", false, []));
        _table.Tell("the gateway stops");
        Assert.Equal(ExtendedData(U, "\r\nthe gateway stops\r\n"u8), _toUser.Single());
    }

    [Fact]
    public void Announced_packets_stay_within_what_a_leg_takes()
    {
        _table.Take(Side.User, Open(U, packet: uint.MaxValue));
        _table.Take(Side.Target, Confirm(U, T, packet: 0x7fff_ffff));

        Assert.Equal(Open(U, packet: 128 * 1024), _toTarget.Single());
        Assert.Equal(Confirm(U, T, packet: 128 * 1024), _toUser.Single());
    }

    [Fact]
    public void No_bytes_do_anything_but_pass_or_break_the_protocol() =>
        Gen.Select(Gen.Bool, Gen.Int[78, 101], Gen.Byte.Array[0, 40]).Sample((user, id, rest) =>
        {
            RelayTable table = new(new RelayPolicy([]), 3, _ => { }, _ => { });
            table.Take(Side.User, Open(0));
            table.Take(Side.Target, Confirm(0, 0));
            try
            {
                table.Take(user ? Side.User : Side.Target, [(byte)id, .. rest]);
            }
            catch (SshProtocolException)
            {
                // Told in the protocol's own way.
            }
        });

    private void OpenChannel(uint window = 1 << 20)
    {
        _table.Take(Side.User, Open(U, window: window));
        _table.Take(Side.Target, Confirm(U, T));
    }

    private static byte[] Open(uint id, string kind = "session", uint window = 1 << 20, uint packet = 32768) => Message(MessageId.ChannelOpen, (ref SshWriter w) =>
    {
        w.String(kind);
        w.UInt32(id);
        w.UInt32(window);
        w.UInt32(packet);
    });

    private static byte[] Confirm(uint recipient, uint id, uint packet = 32768) => Message(MessageId.ChannelOpenConfirmation, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.UInt32(id);
        w.UInt32(1 << 20);
        w.UInt32(packet);
    });

    private static byte[] Simple(byte id, uint recipient) => Message(id, (ref SshWriter w) => w.UInt32(recipient));

    private static byte[] Adjust(uint recipient, uint bytes) => Message(MessageId.ChannelWindowAdjust, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.UInt32(bytes);
    });

    private static byte[] Data(uint recipient, ReadOnlySpan<byte> data)
    {
        byte[] bytes = data.ToArray();
        return Message(MessageId.ChannelData, (ref SshWriter w) =>
        {
            w.UInt32(recipient);
            w.String(bytes);
        });
    }

    private static byte[] ExtendedData(uint recipient, ReadOnlySpan<byte> data)
    {
        byte[] bytes = data.ToArray();
        return Message(MessageId.ChannelExtendedData, (ref SshWriter w) =>
        {
            w.UInt32(recipient);
            w.UInt32(1);
            w.String(bytes);
        });
    }

    private static byte[] Request(uint recipient, string type, bool wantsReply, ReadOnlySpan<byte> extra)
    {
        byte[] bytes = extra.ToArray();
        return Message(MessageId.ChannelRequest, (ref SshWriter w) =>
        {
            w.UInt32(recipient);
            w.String(type);
            w.Boolean(wantsReply);
            w.Raw(bytes);
        });
    }

    private static byte[] Global(string name, bool wantsReply) => Message(MessageId.GlobalRequest, (ref SshWriter w) =>
    {
        w.String(name);
        w.Boolean(wantsReply);
    });

    private static byte[] Message(byte id, Fields fields)
    {
        ArrayBufferWriter<byte> buffer = new();
        SshWriter writer = new(buffer);
        writer.Byte(id);
        fields(ref writer);
        return buffer.WrittenSpan.ToArray();
    }
}
