using System.Text.Json;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>--json of the keys of the SSH CA.</summary>
internal static class AuthorityShapes
{
    public static void Write(Utf8JsonWriter json, SshAuthority key)
    {
        json.WriteStartObject();
        json.WriteString("state", Words.Of(key.State));
        json.WriteString("fingerprint", key.Fingerprint);
        json.WriteString("publicKey", key.KeyLine);
        json.WriteString("created", Shapes.Time(key.Created));
        json.WriteString("activated", Shapes.Time(key.Activated));
        json.WriteString("retired", Shapes.Time(key.Retired));
        json.WriteEndObject();
    }
}
