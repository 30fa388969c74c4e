namespace PamTui.Core.Model;

/// <summary>A person or service who signs in to the gateway.</summary>
public sealed record User(
    long Id,
    string Name,
    Role Role,
    bool Disabled,
    bool HasPassword,
    IReadOnlyList<UserKey> Keys,
    IReadOnlyList<string> Groups,
    DateTimeOffset Created);

/// <summary>A public key of a user: "type base64 comment" as in an authorized_keys line, without options.</summary>
public sealed record UserKey(long Id, string KeyType, string Fingerprint, string Line, string Comment, DateTimeOffset Added);

public sealed record Group(long Id, string Name, IReadOnlyList<string> Members);
