namespace PamTui.Core.Model;

/// <summary>What a use case answers: a value, or a refusal in the user's words. Exceptions are for bugs, I/O and broken peers.</summary>
public sealed class Result<T>
{
    private readonly T? _value;

    internal Result(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    public Refusal? Refusal { get; }

    public bool IsOk => Refusal is null;

    /// <summary>The value; asking for it after a refusal is a bug.</summary>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException("No value: " + Refusal.Message);

#pragma warning disable CA2225 // The conversions are the point: `return account;` and `return Refusal.NotFound(...)`.
    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
#pragma warning restore CA2225
}

/// <summary>For values whose static type is an interface: the language has no implicit conversion from those.</summary>
public static class Result
{
    public static Result<T> Ok<T>(T value) => new(value, null);
}

/// <summary>The value of a use case that has none.</summary>
public readonly record struct Done;
