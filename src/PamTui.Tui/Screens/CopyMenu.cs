using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be copied to the clipboard of the person's own terminal; never a secret.</summary>
internal static class CopyMenu
{
    public static void Run(TuiSession session, Workplace work, Account account)
    {
        List<Choice> choices =
        [
            .. work.Lines.Ready(account, null).Select(line => Line(session, work, line.For == "ssh_config" ? "an entry for ~/.ssh/config" : line.Text, line.Text)),
            Line(session, work, "name: " + account.Reference, account.Reference.ToString()),
            Line(session, work, "username: " + Core.Model.Text.Escape(account.Username), account.Username),
        ];
        if (account.Credential == CredentialType.PrivateKey)
        {
            choices.Add(new Choice("public half of its key, a line for authorized_keys", () => OfferPublicKey(session, work, account.Reference)));
        }

        Show(session, work, choices);
    }

    public static void Run(TuiSession session, Workplace work, Resource resource) => Show(
        session,
        work,
        [
            Line(session, work, "address: " + DetailsText.Address(resource), resource.Host + ":" + resource.Port),
            Line(session, work, "host: " + Core.Model.Text.Escape(resource.Host), resource.Host),
            Line(session, work, "name: " + resource.Name, resource.Name),
            .. resource.HostKeys.Select(pin => Line(session, work, $"host key: {Core.Model.Text.Escape(pin.KeyType)} {pin.Fingerprint}", pin.Fingerprint)),
        ]);

    /// <summary>The line that a target must know before the key signs in.</summary>
    public static void OfferPublicKey(TuiSession session, Workplace work, AccountRef account) => session.Jobs.Start(async ct =>
    {
        Result<PublicKey?> key = await session.Jobs.CallAsync(c => work.Product.Accounts.PublicKeyAsync(work.Actor, account, c), ct);
        if (key.Refusal is { } no)
        {
            work.Tell(no.Message, Tone.Bad);
        }
        else if (key.Value is { } half)
        {
            session.Post(() => ShowPublicKey(session, work, account, half));
        }
    });

    public static void Copy(TuiSession session, Workplace work, string text, string words)
    {
        session.Clipboard.SetClipboardData(text);
        work.Tell("Copied: " + words, Tone.Normal);
    }

    public static Choice Line(TuiSession session, Workplace work, string words, string copied) => new(words, () => Copy(session, work, copied, words));

    private static void ShowPublicKey(TuiSession session, Workplace work, AccountRef account, PublicKey half)
    {
        using PublicKeySheet sheet = new(session, account, half);
        session.App.Run(sheet);
        if (sheet.IsCopied)
        {
            Copy(session, work, half.Line, "the public key");
        }
    }

    private static void Show(TuiSession session, Workplace work, IReadOnlyList<Choice> choices) =>
        PickSheet.Run(session, "Copy", new PickModel(choices, work.Jobs), "type what to copy");
}
