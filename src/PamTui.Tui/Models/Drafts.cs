using System.Globalization;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Tui.Models;

/// <summary>From forms to the drafts and changes of the use cases, and back from what is stored to forms.</summary>
internal static class Drafts
{
    private const string KeySource = "keySource";
    private const string MadeHere = "made here";

    private static readonly FieldDescriptor s_keySource = new(
        KeySource,
        "Key",
        "pasted: the file you have; made here: a new Ed25519 key whose public half you then install",
        FieldInput.Choice,
        Required: true,
        Default: "pasted",
        Choices: ["pasted", MadeHere],
        ShownWhen: static values => values["kind"] == "linux" && values["credential"] == "private-key");

    public static FormModel NewResource() => new([.. Fields.Resource.Select(field => new FormField(field, false))]);

    /// <summary>Name and kind never change; host keys are pinned and removed one by one, not typed over.</summary>
    public static FormModel Of(Resource resource) => new(
        [
            .. Fields.Resource.Where(field => field.Name != "hostKey").Select(field =>
            {
                FormField shown = new(field, field.Name is "name" or "kind");
                shown.Editor.Set(field.Name switch
                {
                    "name" => resource.Name,
                    "kind" => Words.Of(resource.Kind),
                    "host" => resource.Host,
                    "port" => resource.Port.ToString(CultureInfo.InvariantCulture),
                    "database" => resource.Database ?? "",
                    "tlsMode" => Words.Of(resource.TlsMode),
                    "tlsCa" => resource.TlsCa ?? "",
                    "description" => resource.Description,
                    _ => "",
                });
                return shown;
            }),
        ]);

    /// <summary>A private key is pasted, or made in the vault; then there is nothing to paste.</summary>
    public static FormModel NewAccount(Resource resource) => new(
        [
            .. Fields.Account.SelectMany(field => field.Name switch
            {
                "privateKey" => [s_keySource, OnlyPasted(field)],
                "passphrase" => [OnlyPasted(field)],
                _ => (FieldDescriptor[])[field],
            }).Select(field => new FormField(field, false)),
        ],
        Kind(resource.Kind));

    /// <summary>The key is to be made in the vault.</summary>
    public static bool MakesKey(FormModel form) => form[KeySource] == MadeHere;

    /// <summary>The secrets are not there to be shown: left empty they stay as they are.</summary>
    public static FormModel Of(Account account) => new(
        [
            .. Fields.Account.Select(field =>
            {
                FormField shown = new(field.Secret ? field with { Required = false } : field, field.Name == "name")
                {
                    Placeholder = field.Secret ? "(kept)" : "",
                };
                shown.Editor.Set(field.Name switch
                {
                    "name" => account.Name,
                    "username" => account.Username,
                    "credential" => Words.Of(account.Credential),
                    "alias" => account.Alias ?? "",
                    "privilege" => account.Privilege,
                    "description" => account.Description,
                    _ => "",
                });
                return shown;
            }),
        ],
        Kind(account.Kind));

    public static Result<ResourceDraft> ResourceDraft(FormModel form, Metadata metadata, DateTimeOffset now)
    {
        Result<int?> port = Port(form["port"]);
        if (port.Refusal is { } badPort)
        {
            return badPort;
        }

        string hostKey = form["hostKey"].Trim();
        return new ResourceDraft(
            form["name"],
            Words.Parse<ResourceKind>(form["kind"], Words.Of) ?? ResourceKind.Linux,
            form["host"].Trim(),
            port.Value,
            form["database"],
            Words.Parse<TlsMode>(form["tlsMode"], Words.Of) ?? TlsMode.Verify,
            form["tlsCa"],
            [.. hostKey.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(key => new HostKeyPin("", key, "option", now))],
            false,
            form["description"],
            metadata);
    }

    public static Result<ResourceChange> ResourceChange(FormModel form, ResourceKind kind, Metadata? metadata)
    {
        Result<int?> port = Port(form["port"]);
        if (port.Refusal is { } badPort)
        {
            return badPort;
        }

        bool database = kind != ResourceKind.Linux;
        return new ResourceChange
        {
            Host = form["host"].Trim(),
            Port = port.Value ?? Fields.DefaultPort(kind),
            Database = database ? form["database"] : null,
            TlsMode = database ? Words.Parse<TlsMode>(form["tlsMode"], Words.Of) : null,
            TlsCa = database ? form["tlsCa"] : null,
            Description = form["description"],
            Metadata = metadata,
        };
    }

    /// <summary>The credential typed; null when none was. The caller disposes of it.</summary>
    public static NewCredential? Credential(FormModel form)
    {
        if (form["credential"] == "certificate")
        {
            return NewCredential.OfCertificates();
        }

        bool key = form["credential"] == "private-key";
        return form.SecretOf(key ? "privateKey" : "password") is { } main
            ? new NewCredential(key ? CredentialType.PrivateKey : CredentialType.Password, main, key ? form.SecretOf("passphrase") : null)
            : null;
    }

    public static AccountDraft AccountDraft(FormModel form, string resource, NewCredential credential, Metadata metadata) => new(
        resource,
        form["name"],
        form["username"],
        credential,
        form["alias"].Trim(),
        form["privilege"].Trim(),
        form["description"],
        metadata);

    public static AccountChange AccountChange(FormModel form, NewCredential? credential, Metadata? metadata) => new()
    {
        Username = form["username"],
        Credential = credential,
        Alias = form["alias"].Trim(),
        Privilege = form["privilege"].Trim(),
        Description = form["description"],
        Metadata = metadata,
    };

    private static FieldDescriptor OnlyPasted(FieldDescriptor field) =>
        field with { ShownWhen = values => field.IsShown(values) && values[KeySource] != MadeHere };

    private static Dictionary<string, string> Kind(ResourceKind kind) => new(StringComparer.Ordinal) { ["kind"] = Words.Of(kind) };

    private static Result<int?> Port(string text)
    {
        string digits = text.Trim();
        return digits.Length == 0 ? (int?)null
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535 ? port
            : Refusal.Invalid($"The port {Text.Quote(digits)} is not a number between 1 and 65535.", "port");
    }
}
