using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Core.Storage;

/// <summary>Words of the model as they are stored; one that is not known is damage, not a default.</summary>
internal static class StoredWord
{
    public static ResourceKind Kind(string word) => Parse<ResourceKind>(word, Words.Of);

    public static T Parse<T>(string word, Func<T, string> wordOf)
        where T : struct, Enum =>
        Words.Parse(word, wordOf) ?? throw new VaultException($"The vault holds the word {Text.Quote(word)} where a {typeof(T).Name} belongs: it was changed outside the vault.");
}
