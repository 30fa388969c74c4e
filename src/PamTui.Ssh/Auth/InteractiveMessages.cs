using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Auth;

/// <summary>INFO_REQUEST and INFO_RESPONSE of keyboard-interactive (RFC 4256 §3.2, §3.4).</summary>
internal static class InteractiveMessages
{
    public const int MostPrompts = 8;
    public const int LongestAnswer = 1024;
    private const int LongestText = 4 * 1024;

    public static byte[] WriteRequest(InteractiveStep.Ask ask) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.UserAuthInfoRequest);
        w.String(ask.Name);
        w.String(ask.Instruction);
        w.String("");
        w.UInt32((uint)ask.Prompts.Count);
        foreach (InteractivePrompt prompt in ask.Prompts)
        {
            w.String(prompt.Text);
            w.Boolean(prompt.Echo);
        }
    });

    public static InteractiveStep.Ask ReadRequest(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        string name = PeerText.Show(r.String(LongestText));
        string instruction = PeerText.Show(r.String(LongestText));
        r.String(LongestText);
        uint count = Bounded(r.UInt32());
        InteractivePrompt[] prompts = new InteractivePrompt[count];
        for (int i = 0; i < prompts.Length; i++)
        {
            prompts[i] = new(PeerText.Show(r.String(LongestText)), r.Boolean());
        }

        r.End();
        return new(name, instruction, prompts);
    }

    public static byte[] WriteResponse(IReadOnlyList<ReadOnlyMemory<byte>> answers) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.UserAuthInfoResponse);
        w.UInt32((uint)answers.Count);
        foreach (ReadOnlyMemory<byte> answer in answers)
        {
            w.String(answer.Span);
        }
    });

    /// <summary>The caller zeroes the answers.</summary>
    public static byte[][] ReadResponse(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        byte[][] answers = new byte[Bounded(r.UInt32())][];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = r.String(LongestAnswer).ToArray();
        }

        r.End();
        return answers;
    }

    private static uint Bounded(uint count) =>
        count <= MostPrompts ? count : throw new SshProtocolException($"{count} prompts or answers came where at most {MostPrompts} are allowed.");
}
