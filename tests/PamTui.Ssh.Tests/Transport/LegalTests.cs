using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

public sealed class LegalTests
{
    private static readonly int[] s_noise = [1, 2, 3, 4];

    /// <summary>Everything that is legal, by stage, for us as server and as client.</summary>
    private static readonly Dictionary<Stage, (int[] Server, int[] Client)> s_legal = new()
    {
        [Stage.FirstKexInit] = ([.. s_noise, 20], [.. s_noise, 20]),
        [Stage.FirstKexMethod] = ([.. s_noise, 30], [.. s_noise, 31]),
        [Stage.FirstKexMethodStrict] = ([1, 30], [1, 31]),
        [Stage.FirstNewKeys] = ([.. s_noise, 21], [.. s_noise, 21]),
        [Stage.FirstNewKeysStrict] = ([1, 21], [1, 21]),
        [Stage.Auth] = ([.. s_noise, 5, 7, 20, 50, 61, 192], [.. s_noise, 6, 7, 20, 51, 52, 53, 60, 192]),
        [Stage.Open] = (
            [.. s_noise, 20, 50, 80, 81, 82, .. Enumerable.Range(90, 11), 192, 193],
            [.. s_noise, 20, 80, 81, 82, .. Enumerable.Range(90, 11), 192, 193]),
        [Stage.RekeyMethod] = ([.. s_noise, 30], [.. s_noise, 31]),
        [Stage.RekeyNewKeys] = ([.. s_noise, 21], [.. s_noise, 21]),
    };

    [Fact]
    public void A2_Each_message_number_is_legal_exactly_where_the_table_says()
    {
        foreach (Stage stage in Enum.GetValues<Stage>())
        {
            for (int message = 0; message <= 255; message++)
            {
                bool atServer = Legal.Allows(stage, (byte)message, SshRole.Server);
                bool atClient = Legal.Allows(stage, (byte)message, SshRole.Client);
                Assert.True(s_legal[stage].Server.Contains(message) == atServer, $"{message} at a server in {stage}: {atServer}");
                Assert.True(s_legal[stage].Client.Contains(message) == atClient, $"{message} at a client in {stage}: {atClient}");
            }
        }
    }
}
